#!/usr/bin/env bash
# A struct with C's bool in it, as cbindgen writes for Rust's bool, read through JNA.
#
# Expected: a Java boolean in a JNA Structure is C's bool of one byte, as a byte is a char and an int an int.
# What happens: JNA 5.18.1 takes a boolean for an int of four bytes. For { bool muted; bool pinned; int unread; } it counts 12 bytes
# where C has 8 and reads over the fields that follow: muted is true if either is, pinned is what unread is, and unread is read from
# behind the struct. Nothing is checked and nothing thrown. With `byte` the same fields are right.
# So: byte for bool in every Structure, and compare size() with C's sizeof once at start.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
mvn -q -B dependency:copy -Dartifact=net.java.dev.jna:jna:5.18.1 -DoutputDirectory="$dir" >/dev/null
cat >chat.c <<'C'
#include <stdbool.h>
#include <stddef.h>

struct chat { bool muted, pinned; int unread; };
size_t chat_size(void) { return sizeof(struct chat); }
/* Two chats, so that reading behind the first one stays inside. */
const struct chat *chats(void) {
    static const struct chat two[] = {{.muted = false, .pinned = true, .unread = 7}, {.unread = 0}};
    return two;
}
C
gcc -shared -fPIC chat.c -o libchat.so
cat >Chats.java <<'JAVA'
import com.sun.jna.*;
import com.sun.jna.Structure.FieldOrder;

public class Chats {
    @FieldOrder({"muted", "pinned", "unread"})
    public static class WithBoolean extends Structure {
        public boolean muted, pinned;
        public int unread;
        public WithBoolean(Pointer at) { super(at); read(); }
        @Override public String toString() { return size() + " bytes, muted " + muted + ", pinned " + pinned + ", unread " + unread; }
    }

    @FieldOrder({"muted", "pinned", "unread"})
    public static class WithByte extends Structure {
        public byte muted, pinned;
        public int unread;
        public WithByte(Pointer at) { super(at); read(); }
        @Override public String toString() { return size() + " bytes, muted " + muted + ", pinned " + pinned + ", unread " + unread; }
    }

    interface Library extends com.sun.jna.Library {
        long chat_size();
        Pointer chats();
    }

    public static void main(String[] arguments) {
        Library library = Native.load("./libchat.so", Library.class);
        System.out.println("C: " + library.chat_size() + " bytes, muted 0, pinned 1, unread 7");
        System.out.println("JNA, boolean: " + new WithBoolean(library.chats()));
        System.out.println("JNA, byte: " + new WithByte(library.chats()));
    }
}
JAVA
java -cp '*' Chats.java | tee seen
diff seen - <<'EXPECTED'
C: 8 bytes, muted 0, pinned 1, unread 7
JNA, boolean: 12 bytes, muted true, pinned true, unread 0
JNA, byte: 8 bytes, muted 0, pinned 1, unread 7
EXPECTED
