// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cpu_name.h"

static void read_from(const char *content, char *name, size_t size) {
    char path[] = "/tmp/test_cpu_name.XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    perebor_cpu_name_from(path, name, size);
    assert_int_equal(unlink(path), 0);
}

static void the_kernel_names_the_processor(void **state) {
    (void)state;
    char name[96];
    read_from("processor\t: 0\nmodel\t\t: 85\nmodel name\t: Some CPU @ 2.50GHz\n", name,
              sizeof name);
    assert_string_equal(name, "Some CPU @ 2.50GHz");
    read_from("processor\t: 0\ncpu\t\t: POWER9, altivec supported\n", name, sizeof name);
    assert_string_equal(name, "POWER9, altivec supported");
    read_from("model name\t: Some CPU @ 2.50GHz\n", name, 5);
    assert_string_equal(name, "Some");
}

static void without_a_name_it_is_the_architecture(void **state) {
    (void)state;
    char name[96];
    struct utsname machine;
    assert_int_equal(uname(&machine), 0);
    read_from("processor\t: 0\nCPU implementer\t: 0x41\n", name, sizeof name);
    assert_string_equal(name, machine.machine);
    perebor_cpu_name_from("/nowhere/cpuinfo", name, sizeof name);
    assert_string_equal(name, machine.machine);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_names_the_processor),
        cmocka_unit_test(without_a_name_it_is_the_architecture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
