#!/usr/bin/env bash
# Giving a number to a Rust library that was compiled for JavaScript with wasm-bindgen: a count, a place in a list, a BigInt.
#
# Expected: the generated JavaScript checks what it hands to a u32, usize or u64, or WebAssembly does: what does not fit throws, as
# undefined for a string does.
# What happens: WebAssembly takes numbers as ToInt32 and ToBigInt64 do, and Rust gets what is left. In loro-crdt 1.17.1 place
# 2^32 + 1 is place 1, 1.9 is 1, undefined and NaN are 0: list.delete(entry.place, 1) without a place deletes the first one. In
# @matrix-org/matrix-sdk-crypto-wasm 18.9.0 a rotation after -1n messages is one after 18446744073709551615n, never, and after
# 2n ** 64n + 5n one after 5. Nothing is thrown, Rust's own checks see a proper number, and TypeScript's types are "number"
# and "bigint".
# So: check with Number.isInteger and against the limits in JavaScript, or take f64 in Rust and convert it there.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-fund --no-audit loro-crdt@1.17.1 @matrix-org/matrix-sdk-crypto-wasm@18.9.0 >/dev/null 2>&1
cat >numbers.mjs <<'NODE'
import { LoroDoc } from "loro-crdt";
import { EncryptionSettings, initAsync } from "@matrix-org/matrix-sdk-crypto-wasm";

const list = new LoroDoc().getList("pinned");
for (const entry of ["a", "b", "c"]) list.push(entry);
for (const place of [1, 1.9, 2 ** 32 + 1, undefined, NaN]) console.log(`usize, get(${place}): ${list.get(place)}`);
list.delete(undefined, 1);
console.log(`usize, delete(undefined, 1) leaves: ${list.toArray()}`);

await initAsync();
const settings = new EncryptionSettings();
for (const messages of [100n, -1n, 2n ** 64n + 5n]) {
    settings.rotationPeriodMessages = messages;
    console.log(`u64, ${messages}n: ${settings.rotationPeriodMessages}n`);
}
NODE
node numbers.mjs | tee seen
diff seen - <<'EXPECTED'
usize, get(1): b
usize, get(1.9): b
usize, get(4294967297): b
usize, get(undefined): a
usize, get(NaN): a
usize, delete(undefined, 1) leaves: b,c
u64, 100n: 100n
u64, -1n: 18446744073709551615n
u64, 18446744073709551621n: 5n
EXPECTED
