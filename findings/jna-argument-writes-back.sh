#!/usr/bin/env bash
# A struct that a C library owns and keeps up to date, and a Java app that holds it as a JNA Structure and passes it to a function
# that only looks at it.
#
# Expected: a Structure is passed as its pointer; C's memory changes when Java assigns to a field and calls write(), or not at
# all if Java only reads.
# What happens: JNA 5.18.1 writes all of Java's fields to C's memory before each call that takes the structure, and reads them
# after it. Java's copy is as old as its last call: what C has counted since is overwritten by the number of before, also where
# the function takes a pointer to const and Java has assigned nothing. Five unread messages are none again, for both sides.
# Reading first helps only if nothing arrives between.
# So: pass a Pointer and keep what C owns behind functions, or setAutoWrite(false) on each Structure of C's.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jdk-headless; } >/dev/null
mvn -q -B dependency:copy -Dartifact=net.java.dev.jna:jna:5.18.1 -DoutputDirectory="$dir" >/dev/null
cat >chat.c <<'C'
struct chat { int unread; int muted; };
static struct chat chat;
struct chat *chat_open(void) { chat = (struct chat){0, 0}; return &chat; }
void chat_receive(int messages) { chat.unread += messages; }
int chat_unread(void) { return chat.unread; }
int chat_is_muted(const struct chat *which) { return which->muted; }
C
gcc -shared -fPIC chat.c -o libchat.so
cat >Chats.java <<'JAVA'
import com.sun.jna.*;
import com.sun.jna.Structure.FieldOrder;

public class Chats {
    @FieldOrder({"unread", "muted"})
    public static class Chat extends Structure {
        public int unread, muted;
    }

    interface Library extends com.sun.jna.Library {
        Chat chat_open();
        void chat_receive(int messages);
        int chat_unread();
        int chat_is_muted(Chat which);
        int chat_is_muted(Pointer which);
    }

    public static void main(String[] arguments) {
        Library library = Native.load("./libchat.so", Library.class);
        for (String how : new String[] {"Structure", "Pointer", "Structure, setAutoWrite(false)"}) {
            Chat chat = library.chat_open();
            chat.setAutoWrite(!how.contains("false"));
            library.chat_receive(5);
            int before = library.chat_unread();
            if (how.equals("Pointer")) library.chat_is_muted(chat.getPointer()); else library.chat_is_muted(chat);
            System.out.println(how + ": unread in C before " + before + ", after asking whether it is muted " + library.chat_unread());
        }
    }
}
JAVA
java -cp '*' Chats.java | tee seen
diff seen - <<'EXPECTED'
Structure: unread in C before 5, after asking whether it is muted 0
Pointer: unread in C before 5, after asking whether it is muted 5
Structure, setAutoWrite(false): unread in C before 5, after asking whether it is muted 5
EXPECTED
