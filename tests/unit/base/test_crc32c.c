// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/crc32c.h"

/** RFC 3720, appendix B.4. */
static void checksums_are_those_of_the_standard(void **state) {
    (void)state;
    uint8_t bytes[32];
    assert_int_equal(perebor_crc32c(0, "123456789", 9), 0xe3069283);
    memset(bytes, 0, sizeof bytes);
    assert_int_equal(perebor_crc32c(0, bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    assert_int_equal(perebor_crc32c(0, bytes, 32), 0x62a8ab43);
    for (int i = 0; i < 32; i++) {
        bytes[i] = (uint8_t)i;
    }
    assert_int_equal(perebor_crc32c(0, bytes, 32), 0x46dd794e);
}

static void a_checksum_continues_where_it_stopped(void **state) {
    (void)state;
    const char *text = "123456789";
    for (size_t cut = 0; cut <= 9; cut++) {
        uint32_t first = perebor_crc32c(0, text, cut);
        assert_int_equal(perebor_crc32c(first, text + cut, 9 - cut), 0xe3069283);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_those_of_the_standard),
        cmocka_unit_test(a_checksum_continues_where_it_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
