/* The least program there is: that headers and library are found and fit each other. Also compiled as C++. */
#include <string.h>
#include <tim.h>

int main(void) {
    char *version = tim_version();
    const int fits = strcmp(version, TIM_VERSION) == 0 && tim_abi_version() == TIM_ABI_VERSION;
    tim_string_free(version);
    return fits ? 0 : 1;
}
