#!/usr/bin/env bash
# A Java callback that C calls through JNA, and that throws.
#
# Expected: the exception comes out of the native call that led to the callback, or ends the program.
# What happens: JNA 5.18.1 prints it to the standard error output and returns 0 to C, which in most C interfaces means success or
# "equal". The native call goes on with that answer and returns as if nothing had happened: here qsort() leaves the numbers in
# their wrong order. Java code around the call catches nothing.
# So: catch inside every callback and carry the failure across by hand, or set Native.setCallbackExceptionHandler.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mvn -q -B dependency:copy -Dartifact=net.java.dev.jna:jna:5.18.1 -DoutputDirectory="$dir" >/dev/null
cat >Sort.java <<'JAVA'
import com.sun.jna.*;
import java.util.Arrays;

class Sort {
    interface Order extends Callback {
        int compare(Pointer one, Pointer other);
    }

    interface C extends Library {
        void qsort(Pointer first, NativeLong count, NativeLong size, Order order);
    }

    static void sort(String what, Order order) {
        Memory numbers = new Memory(16);
        numbers.write(0, new int[] {4, 3, 2, 1}, 0, 4);
        try {
            Native.load("c", C.class).qsort(numbers, new NativeLong(4), new NativeLong(4), order);
            System.out.println(what + ": returns " + Arrays.toString(numbers.getIntArray(0, 4)));
        } catch (Throwable why) {
            System.out.println(what + ": throws " + why);
        }
    }

    public static void main(String[] arguments) {
        sort("compares", (one, other) -> Integer.compare(one.getInt(0), other.getInt(0)));
        sort("throws", (one, other) -> { throw new IllegalStateException("no"); });
    }
}
JAVA
java -cp '*' Sort.java 2>errors | tee seen
printf 'exceptions printed: %s\n' "$(grep -c '^java.lang.IllegalStateException: no' errors | sed 's/^[1-9][0-9]*$/some/')" | tee -a seen
diff seen - <<'EXPECTED'
compares: returns [1, 2, 3, 4]
throws: returns [4, 3, 2, 1]
exceptions printed: some
EXPECTED
