#!/usr/bin/env bash
# Making links of the addresses in a message written in Chinese, which has no blanks around them.
#
# Expected: the address ends at the Chinese comma, full stop or enumeration comma, none of which may stand in a URL unescaped,
# and it is found also where a Chinese word stands right before it.
# What happens: linkifyjs 4.4.0 and marked 18.2.1 of npm go on to the next blank, and linkify-it-py 2.2.0 of PyPI does where the
# address has a path: the link is "https://example.com，谢谢", a host that does not exist, and two addresses with "、" between them
# are one link. linkify-it 6.1.0 ends at the right place, but finds no address at all, nor does linkify-it-py, that follows a
# word without a blank; markdown-it 15.0.3, which uses it, finds that too. The same sentences in English work with all of them.
# So: test with sentences in Chinese, and put blanks around Chinese punctuation in the copy that a library looks for links in.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit linkifyjs@4.4.0 marked@18.2.1 linkify-it@6.1.0 markdown-it@15.0.3 >/dev/null
python3 -m venv venv && venv/bin/pip --quiet --disable-pip-version-check install linkify-it-py==2.2.0
messages=('look https://example.com, thanks' '看 https://example.com，谢谢' '看https://example.com/a，谢谢' '看 https://example.com/a、https://example.com/b')
cat >links.mjs <<'NODE'
import { LinkifyIt } from "linkify-it";
import * as linkify from "linkifyjs";
import MarkdownIt from "markdown-it";
import { marked } from "marked";
const linkifyIt = new LinkifyIt(), markdownIt = new MarkdownIt({ linkify: true });
const inHtml = (html) => [...html.matchAll(/href="([^"]*)"/g)].map(([, link]) => decodeURI(link));
for (const message of process.argv.slice(2)) {
    console.log(message);
    console.log("    linkifyjs", linkify.find(message).map(({ href }) => href).join(" | "));
    console.log("    marked", inHtml(marked.parse(message)).join(" | "));
    console.log("    linkify-it", (linkifyIt.match(message) ?? ["none"]).map((found) => found.url ?? found).join(" | "));
    console.log("    markdown-it", inHtml(markdownIt.render(message)).join(" | "));
}
NODE
cat >links.py <<'PYTHON'
import linkify_it, sys
for message in sys.argv[1:]:
    print(message, "linkify-it-py:", " | ".join(found.url for found in linkify_it.LinkifyIt().match(message) or []) or "none")
PYTHON
{
    node links.mjs "${messages[@]}"
    PYTHONIOENCODING=utf-8 venv/bin/python links.py "${messages[@]}"
} | tee seen
diff seen - <<'EXPECTED'
look https://example.com, thanks
    linkifyjs https://example.com
    marked https://example.com
    linkify-it https://example.com
    markdown-it https://example.com
看 https://example.com，谢谢
    linkifyjs https://example.com，谢谢
    marked https://example.com，谢谢
    linkify-it https://example.com
    markdown-it https://example.com
看https://example.com/a，谢谢
    linkifyjs https://example.com/a，谢谢
    marked https://example.com/a，谢谢
    linkify-it none
    markdown-it https://example.com/a
看 https://example.com/a、https://example.com/b
    linkifyjs https://example.com/a、https://example.com/b
    marked https://example.com/a、https://example.com/b
    linkify-it https://example.com/a | https://example.com/b
    markdown-it https://example.com/a | https://example.com/b
look https://example.com, thanks linkify-it-py: https://example.com
看 https://example.com，谢谢 linkify-it-py: https://example.com
看https://example.com/a，谢谢 linkify-it-py: none
看 https://example.com/a、https://example.com/b linkify-it-py: https://example.com/a、https://example.com/b
EXPECTED
