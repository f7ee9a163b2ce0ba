#!/usr/bin/env bash
# A bot for Telegram whose database is away while it handles the second of three messages.
#
# Expected: what the bot has not handled is not confirmed to Telegram, so when the bot is started again it gets the message
# again.
# What happens: both big libraries end themselves at the error and, in ending, confirm to the server all up to the message that
# failed: grammY 1.46.0 that one, Telegraf 4.16.3 the whole batch. After the restart nobody gets the second message. The program
# ends loudly, without an error handler that could hide anything, which looks as safe as it could be.
# So: store each update in a handler that catches everything, before anything that can fail, or keep the offset oneself.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit telegraf@4.16.3 grammy@1.46.0 >/dev/null 2>&1
cat >bots.js <<'NODE'
const http = require("http");
const { Telegraf } = require("telegraf");
const { Bot } = require("grammy");

const updates = [1, 2, 3].map((number) => ({
    update_id: number,
    message: { message_id: number, date: 1, text: String(number), chat: { id: 1, type: "private" }, from: { id: 1, is_bot: false, first_name: "Alice" } },
}));
let confirmed;

// Of the Bot API what is needed here: getUpdates confirms all below its offset.
const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const { offset = 0 } = JSON.parse(Buffer.concat(parts).toString() || "{}");
    const answer = (result) => response.setHeader("content-type", "application/json").end(JSON.stringify({ ok: true, result }));
    const method = request.url.split("/").pop();
    if (method === "getMe") return answer({ id: 9, is_bot: true, first_name: "Bot", username: "bot" });
    if (method !== "getUpdates") return answer(true);
    confirmed = Math.max(confirmed, offset - 1);
    const waiting = updates.filter(({ update_id }) => update_id > confirmed);
    if (waiting.length > 0) answer(waiting);
    else setTimeout(() => answer([]), 200);
}).listen(0, "127.0.0.1", async () => {
    const apiRoot = `http://127.0.0.1:${server.address().port}`;
    const bots = {
        "Telegraf 4.16.3": (handle) => {
            const bot = new Telegraf("1:token", { telegram: { apiRoot } });
            bot.on("message", ({ message }) => handle(message.text));
            return bot.launch();
        },
        "grammY 1.46.0": (handle) => {
            const bot = new Bot("1:token", { client: { apiRoot } });
            bot.on("message", ({ message }) => handle(message.text));
            return bot.start();
        },
    };
    console.error = () => {};
    for (const [name, run] of Object.entries(bots)) {
        confirmed = 0;
        const handled = [], again = [];
        const end = await run(async (text) => {
            if (text === "2") throw new Error("the database is away");
            handled.push(text);
        }).then(() => "returns", () => "throws");
        console.log(`${name} ${end}: handled ${handled}, confirmed up to ${confirmed}`);
        run(async (text) => { again.push(text); }).catch(() => {});
        await new Promise((over) => setTimeout(over, 2000));
        console.log(`    started again, handled ${again.join() || "nothing"}`);
    }
    process.exit(0); // Telegraf has set an exit code.
});
NODE
node bots.js | tee seen
diff seen - <<'EXPECTED'
Telegraf 4.16.3 throws: handled 1,3, confirmed up to 3
    started again, handled nothing
grammY 1.46.0 throws: handled 1, confirmed up to 2
    started again, handled 3
EXPECTED
