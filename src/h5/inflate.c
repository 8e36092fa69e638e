// SPDX-License-Identifier: MIT
/*
 * Codes are looked up by as many of the next bits as most codes have; the rest of longer ones in a
 * table behind. Bits are taken from 64 that are at hand, which are filled up once for up to three
 * literals, or for a length and a distance.
 */
#include "h5/inflate.h"

#include <string.h>

enum {
    most_bits = 15, /**< of a code */
    literal_bits = 11,
    distance_bits = 8,
    n_literals = 288,
    n_distances = 32,
    n_lengths = 19, /**< Codes that code the lengths of codes. */
    length_bits = 7,
    /** Each of the codes that are longer may begin a table of its own. */
    literal_room = (1 << literal_bits) + (n_literals << (most_bits - literal_bits)),
    distance_room = (1 << distance_bits) + (n_distances << (most_bits - distance_bits)),
    length_room = (1 << length_bits) + (n_lengths << (most_bits - length_bits)),
};

/** An entry: bits of the code in bits 0 to 7, what it is and how many bits more belong to it in 8
 * to 15, and a value in 16 to 31. 0: no code. */
enum { is_literal = 0x8000, is_end = 0x4000, is_table = 0x2000, more_shift = 8, more_mask = 31 };

/** What is read. */
typedef struct bit_source {
    const uint8_t *at, *end;
    uint64_t bits; /**< The lowest comes first. */
    unsigned n_bits;
} bit_source;

typedef struct inflation {
    bit_source source;
    uint8_t *to, *first, *last; /**< Of what is written: where it goes on, begins and ends. */
    uint32_t literals[literal_room], distances[distance_room];
} inflation;

static const uint16_t length_base[29] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                         15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                         67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_more[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distance_base[30] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const uint8_t distance_more[30] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                          6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

static uint32_t literal_entry(unsigned symbol) {
    if (symbol < 256) {
        return symbol << 16 | is_literal;
    }
    if (symbol == 256) {
        return is_end;
    }
    return symbol - 257 < 29 ? (uint32_t)length_base[symbol - 257] << 16 |
                                   (uint32_t)length_more[symbol - 257] << more_shift
                             : 0;
}

static uint32_t distance_entry(unsigned symbol) {
    return symbol < 30 ? (uint32_t)distance_base[symbol] << 16 | (uint32_t)distance_more[symbol]
                                                                     << more_shift
                       : 0;
}

static uint32_t length_entry(unsigned symbol) {
    return symbol << 16 | is_literal;
}

static unsigned turn_around(unsigned code, unsigned n_bits) {
    unsigned turned = 0;
    for (unsigned i = 0; i < n_bits; i++) {
        turned |= (code >> i & 1) << (n_bits - 1 - i);
    }
    return turned;
}

/** Puts a code into the table wherever its bits come first. @param[in] first  Its bits, turned
 * around. */
static void put(uint32_t *table, unsigned table_bits, unsigned first, unsigned n_bits,
                uint32_t entry) {
    for (unsigned i = first; i < 1U << table_bits; i += 1U << n_bits) {
        table[i] = entry;
    }
}

/**
 * Makes the table of a canonical code.
 *
 * @param[in]  lengths     [n] bits of each symbol's code; 0: it has none.
 * @param[in]  table_bits  That are looked up at once.
 * @param[out] table       With room for a table of the other bits for each symbol.
 * @return False if there are more codes than bits can tell apart, or fewer; a single code of one
 * bit is enough of all but the codes of lengths, and none is of any.
 */
static bool make_table(const uint8_t *lengths, unsigned n, unsigned table_bits,
                       uint32_t (*entry_of)(unsigned symbol), uint32_t *table) {
    unsigned counts[most_bits + 1] = {0}, next[most_bits + 1] = {0};
    unsigned used = 1U << table_bits, code = 0;
    uint32_t taken = 0, n_coded = 0;
    memset(table, 0, sizeof *table << table_bits);
    for (unsigned symbol = 0; symbol < n; symbol++) {
        counts[lengths[symbol]]++;
    }
    for (unsigned length = 1; length <= most_bits; length++) {
        next[length] = code;
        code = (code + counts[length]) << 1;
        taken += counts[length] << (most_bits - length);
        n_coded += counts[length];
    }
    const bool is_single = n_coded == 1 && counts[1] == 1 && table_bits != length_bits;
    if (taken != 1U << most_bits && n_coded > 0 && !is_single) {
        return false;
    }
    for (unsigned symbol = 0; symbol < n; symbol++) {
        const unsigned length = lengths[symbol];
        const uint32_t entry = entry_of(symbol);
        if (length == 0) {
            continue;
        }
        const unsigned first = turn_around(next[length]++, length);
        if (length <= table_bits) {
            put(table, table_bits, first, length, entry == 0 ? 0 : entry | length);
            continue;
        }
        const unsigned more = most_bits - table_bits;
        uint32_t *link = &table[first & ((1U << table_bits) - 1)];
        if (*link == 0) {
            *link = used << 16 | is_table | more << more_shift | table_bits;
            memset(table + used, 0, sizeof *table << more);
            used += 1U << more;
        }
        put(table + (*link >> 16), more, first >> table_bits, length - table_bits,
            entry == 0 ? 0 : entry | (length - table_bits));
    }
    return true;
}

/** Makes at least 56 bits be at hand; behind the end of what is read come any. */
static inline void fill(bit_source *source) {
    uint64_t more;
    if (source->at <= source->end + INFLATE_BEHIND - sizeof more) {
        memcpy(&more, source->at, sizeof more);
        source->bits |= more << source->n_bits;
        source->at += (63 - source->n_bits) >> 3;
    } else { // all that is there is at hand or has been taken
        source->at += (63 - source->n_bits) >> 3;
    }
    source->n_bits |= 56;
}

/** Whether more bits were taken than there are. */
static inline bool is_beyond(const bit_source *source) {
    return source->at - (source->n_bits >> 3) > source->end;
}

static inline uint32_t take(bit_source *source, unsigned n) {
    const uint32_t taken = (uint32_t)(source->bits & ((UINT64_C(1) << n) - 1));
    source->bits >>= n;
    source->n_bits -= n;
    return taken;
}

/** The entry of the code that comes next, which is taken. @pre Its bits are at hand. */
static inline uint32_t take_code(bit_source *source, const uint32_t *table, unsigned table_bits) {
    uint32_t entry = table[source->bits & ((1U << table_bits) - 1)];
    if ((entry & is_table) != 0) {
        (void)take(source, entry & 0xFF);
        entry =
            table[(entry >> 16) + (source->bits & ((1U << (entry >> more_shift & more_mask)) - 1))];
    }
    (void)take(source, entry & 0xFF);
    return entry;
}

/** Repeats what was written a distance before. @pre There is room, and it was written. */
static inline void repeat(uint8_t *to, size_t distance, size_t length) {
    const uint8_t *from = to - distance;
    uint8_t *const end = to + length;
    if (distance == 1) {
        memset(to, *from, length);
        return;
    }
    if (distance >= sizeof(uint64_t)) { // eight at a time, up to seven beyond
        do {
            memcpy(to, from, sizeof(uint64_t));
            to += sizeof(uint64_t);
            from += sizeof(uint64_t);
        } while (to < end);
        return;
    }
    while (to < end) {
        *to++ = *from++;
    }
}
_Static_assert(INFLATE_BEHIND >= 2 * sizeof(uint64_t), "eight bytes are read and written at once");

/** Writes literals until another code comes, of up to three, the bits of which are there.
 * @return The other code's entry, or the last literal's, which is not written. */
static inline uint32_t take_literals(bit_source *source, const inflation *state, uint8_t **to) {
    uint32_t entry = take_code(source, state->literals, literal_bits);
    for (int i = 0; i < 2 && (entry & is_literal) != 0 && *to < state->last; i++) {
        *(*to)++ = (uint8_t)(entry >> 16);
        entry = take_code(source, state->literals, literal_bits);
    }
    return entry;
}

/** Restores what codes say until one ends the block. */
static bool restore_codes(inflation *state) {
    bit_source source = state->source; // in registers: what is written may be anything's memory
    uint8_t *to = state->to;
    for (;;) {
        fill(&source);
        uint32_t entry = take_literals(&source, state, &to);
        if (is_beyond(&source) || entry == 0) {
            return false;
        }
        if ((entry & is_literal) != 0) {
            if (to == state->last) {
                return false;
            }
            *to++ = (uint8_t)(entry >> 16);
            continue;
        }
        if ((entry & is_end) != 0) {
            break;
        }
        fill(&source);
        const size_t length = (entry >> 16) + take(&source, entry >> more_shift & more_mask);
        entry = take_code(&source, state->distances, distance_bits);
        const size_t distance = (entry >> 16) + take(&source, entry >> more_shift & more_mask);
        if (entry == 0 || distance > (size_t)(to - state->first) ||
            length > (size_t)(state->last - to)) {
            return false;
        }
        repeat(to, distance, length);
        to += length;
    }
    state->source = source;
    state->to = to;
    return true;
}

/** Copies what was left as it was. */
static bool restore_stored(inflation *state) {
    bit_source *source = &state->source;
    (void)take(source, source->n_bits & 7);
    fill(source);
    const uint32_t n = take(source, 16);
    const uint32_t inverse = take(source, 16);
    if (is_beyond(source) || (n ^ inverse) != 0xFFFF) {
        return false;
    }
    source->at -= source->n_bits >> 3; // back to what has not been taken
    source->bits = 0;
    source->n_bits = 0;
    if (n > (size_t)(source->end - source->at) || n > (size_t)(state->last - state->to)) {
        return false;
    }
    memcpy(state->to, source->at, n);
    state->to += n;
    source->at += n;
    return true;
}

static bool make_fixed_tables(inflation *state) {
    uint8_t lengths[n_literals];
    memset(lengths, 8, 144);
    memset(lengths + 144, 9, 112);
    memset(lengths + 256, 7, 24);
    memset(lengths + 280, 8, 8);
    const bool made = make_table(lengths, n_literals, literal_bits, literal_entry, state->literals);
    memset(lengths, 5, n_distances);
    return made &&
           make_table(lengths, n_distances, distance_bits, distance_entry, state->distances);
}

/** Reads the lengths of codes: of them in turn, of repetitions of the one before, or of none. */
static bool read_lengths(bit_source *source, const uint32_t *table, uint8_t *lengths, unsigned n) {
    for (unsigned i = 0; i < n;) {
        fill(source);
        const uint32_t entry = take_code(source, table, length_bits);
        const unsigned symbol = entry >> 16;
        if (entry == 0 || is_beyond(source) || (symbol == 16 && i == 0)) {
            return false;
        }
        const uint8_t again = symbol == 16 ? lengths[i - 1] : symbol < 16 ? (uint8_t)symbol : 0;
        unsigned times = symbol < 16    ? 1
                         : symbol == 16 ? 3 + take(source, 2)
                         : symbol == 17 ? 3 + take(source, 3)
                                        : 11 + take(source, 7);
        if (times > n - i) {
            return false;
        }
        for (; times > 0; times--) {
            lengths[i++] = again;
        }
    }
    return true;
}

static bool make_own_tables(inflation *state) {
    static const uint8_t order[n_lengths] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                             11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[n_literals + n_distances] = {0};
    uint32_t table[length_room];
    fill(&state->source);
    const unsigned n_of_literals = 257 + take(&state->source, 5);
    const unsigned n_of_distances = 1 + take(&state->source, 5);
    const unsigned n_coded = 4 + take(&state->source, 4);
    for (unsigned i = 0; i < n_coded; i++) {
        fill(&state->source);
        lengths[order[i]] = (uint8_t)take(&state->source, 3);
    }
    if (n_of_literals > n_literals - 2 || n_of_distances > n_distances - 2 ||
        !make_table(lengths, n_lengths, length_bits, length_entry, table)) {
        return false;
    }
    memset(lengths, 0, n_lengths);
    return read_lengths(&state->source, table, lengths, n_of_literals + n_of_distances) &&
           lengths[256] != 0 && // without which no block ends
           make_table(lengths, n_of_literals, literal_bits, literal_entry, state->literals) &&
           make_table(lengths + n_of_literals, n_of_distances, distance_bits, distance_entry,
                      state->distances);
}

/** Restores one block after the other. */
static bool restore_blocks(inflation *state) {
    enum { stored, fixed, own };
    for (bool last = false; !last;) {
        fill(&state->source);
        last = take(&state->source, 1) == 1;
        const uint32_t kind = take(&state->source, 2);
        const bool well = kind == stored  ? restore_stored(state)
                          : kind == fixed ? make_fixed_tables(state) && restore_codes(state)
                          : kind == own   ? make_own_tables(state) && restore_codes(state)
                                          : false;
        if (!well || is_beyond(&state->source)) {
            return false;
        }
    }
    return state->to == state->last;
}

/** Adler-32: a is 1 and all bytes, b the sum of every a on the way, both modulo 65521. */
static uint32_t adler_of(const uint8_t *bytes, size_t n) {
    enum { modulus = 65521, most = 256 }; // of which no sum overflows
    uint32_t a = 1, b = 0;
    while (n > 0) {
        const uint32_t part = n < most ? (uint32_t)n : most;
        uint32_t sum = 0, weighted = 0;
        for (uint32_t i = 0; i < part; i++) {
            sum += bytes[i];
            weighted += (part - i) * bytes[i];
        }
        b = (b + part * a + weighted) % modulus;
        a = (a + sum) % modulus;
        bytes += part;
        n -= part;
    }
    return b << 16 | a;
}

bool inflate_stream(const uint8_t *from, size_t n_from, uint8_t *to, size_t n_to) {
    enum { head = 2, tail = 4, deflate_method = 8, has_dictionary = 0x20 };
    if (n_from < head + tail || (from[0] & 15) != deflate_method || from[0] >> 4 > 7 ||
        (from[0] << 8 | from[1]) % 31 != 0 || (from[1] & has_dictionary) != 0) {
        return false;
    }
    inflation state = {.source = {.at = from + head, .end = from + n_from - tail},
                       .to = to,
                       .first = to,
                       .last = to + n_to};
    if (!restore_blocks(&state)) {
        return false;
    }
    const uint8_t *sum = state.source.at - (state.source.n_bits >> 3);
    return sum == state.source.end &&
           adler_of(to, n_to) ==
               ((uint32_t)sum[0] << 24 | (uint32_t)sum[1] << 16 | (uint32_t)sum[2] << 8 | sum[3]);
}
