// As link.c, for C++.
#include <tim.hpp>

int main() { return tim::version() == TIM_VERSION ? 0 : 1; }
