/*
 * A program that has an SQLite (by its name) and a library in Rust (other.rs) of its own beside the static libtim: each keeps to
 * itself.
 */
#include "people.h"

static int opened;

int sqlite3_open_v2(const char *file, void **database, int flags, const char *system);
bool other_catches(void);

int sqlite3_open_v2(const char *file, void **database, int flags, const char *system) {
    (void)file, (void)database, (void)flags, (void)system;
    return add(&opened);
}

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    CHECK(other_catches());
    people_log_in();
    all_have_heard(alice);
    CHECK(now(&opened) == 0 && sqlite3_open_v2("own", NULL, 0, NULL) == 1);
    CHECK(other_catches());
    destroy_and_release(alice);
    destroy_and_release(bob);
    return 0;
}
