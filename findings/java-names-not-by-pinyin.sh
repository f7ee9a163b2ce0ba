#!/usr/bin/env bash
# A list of contacts in China, in the order of pinyin, on Java.
#
# Expected: Collator.getInstance(Locale.CHINA) sorts Chinese names by pinyin, as phones do and ICU's class of the same name.
# What happens: the collator of OpenJDK 17 follows the table of GB 2312 from 1980, which has pinyin order for its first 3755
# characters alone. The rest comes behind all of these, by radical, common names among them: 倩 (Qian), 婷 (Ting), 昊 (Hao), 鑫
# (Xin) stand after 周 (Zhou), and characters outside of the table after these. A list with letters at its side has them all
# under the last one. A try with 张, 李 and 王 is in order. ICU4J 77.1 and Node's Intl.Collator sort all of them by pinyin.
# So: take com.ibm.icu.text.Collator, or store the pinyin beside the name.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
mvn -q -B dependency:copy -Dartifact=com.ibm.icu:icu4j:77.1 -DoutputDirectory="$dir" >/dev/null
cat >Names.java <<'JAVA'
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.*;

class Names {
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<String> names = Arrays.asList("周", "昊", "张", "婷", "安", "鑫", "王", "倩", "李", "喆");
        names.sort(java.text.Collator.getInstance(Locale.CHINA));
        out.println("OpenJDK " + Runtime.version().feature() + ": " + String.join(" ", names));
        names.sort(com.ibm.icu.text.Collator.getInstance(Locale.CHINA));
        out.println("ICU4J 77.1: " + String.join(" ", names));
    }
}
JAVA
{
    java -cp '*' -Dfile.encoding=UTF-8 Names.java
    node -e 'console.log("Intl.Collator:", "周 昊 张 婷 安 鑫 王 倩 李 喆".split(" ").sort(new Intl.Collator("zh-CN").compare).join(" "))'
} | tee seen
diff seen - <<'EXPECTED'
OpenJDK 17: 安 李 王 张 周 倩 婷 昊 鑫 喆
ICU4J 77.1: 安 昊 李 倩 婷 王 鑫 张 喆 周
Intl.Collator: 安 昊 李 倩 婷 王 鑫 张 喆 周
EXPECTED
