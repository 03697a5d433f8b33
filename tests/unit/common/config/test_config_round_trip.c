// test_config_round_trip.c: for configurations drawn at random, parse(write(c)) = c, whatever the values.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/config.h"

static uint32_t draws;

// a hash of a counter: uniform in [0, 1)
static double uniform(void) {
  uint64_t z = (draws++ + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static int64_t draw_int(double low, double high) {
  return (int64_t)(low + floor(uniform() * (high - low + 1)));
}

static double draw_real(double low, double high) {
  double u = uniform();
  return u < 0.1 ? low : u < 0.2 ? high : low + (high - low) * pow(uniform(), 1 + 20 * u);
}

static void draw_text(char text[GLB_CONFIG_TEXT]) {
  static const char letters[] = "abcXYZ019-_./=:[]\"'%$ #;\xc3\xa4";
  int length = (int)draw_int(0, GLB_CONFIG_TEXT - 1);
  memset(text, 0, GLB_CONFIG_TEXT);
  for (int i = 0; i < length; i++) {
    char c = letters[(size_t)(uniform() * (sizeof letters - 1))];
    int comment = (c == '#' || c == ';') && (i == 0 || text[i - 1] == ' ');
    int edge = c == ' ' && (i == 0 || i + 1 == length);
    text[i] = comment || edge ? 'x' : c;
  }
}

// words of a list "a|b|c"
static int count_words(const char *words) {
  int n = 1;
  for (; *words; words++) n += *words == '|';
  return n;
}

static void draw(struct glb_config *c) {
  glb_config_init(c);
#define INT(section, name, initial, low, high, unit, help) c->section##_##name = draw_int(low, high);
#define REAL(section, name, initial, low, high, unit, help) c->section##_##name = draw_real(low, high);
#define FLAG(section, name, initial, help) c->section##_##name = uniform() < 0.5;
#define WORD(section, name, initial, words, help) \
  c->section##_##name = (int)draw_int(0, count_words(words) - 1);
#define TEXT(section, name, initial, help) draw_text(c->section##_##name);
#include "common/config/params.def"
#undef INT
#undef REAL
#undef FLAG
#undef WORD
#undef TEXT
}

static void round_trip(void **state) {
  (void)state;
  for (int trial = 0; trial < 500; trial++) {
    struct glb_config a, b;
    char text[8192], difference[1024];
    draw(&a);
    glb_config_init(&b);
    size_t length = glb_config_write(&a, text, sizeof text);
    assert_true(length < sizeof text && length == strlen(text));
    if (glb_config_parse(&b, text, "written")) fail_msg("trial %d: %s", trial, glb_error_message());
    if (memcmp(&a, &b, sizeof a)) {
      glb_config_diff(&a, &b, difference, sizeof difference);
      fail_msg("trial %d: %s", trial, difference);
    }
    char brief[100];
    assert_int_equal(glb_config_write(&a, brief, sizeof brief), length);
    assert_memory_equal(brief, text, sizeof brief - 1);
    assert_int_equal(brief[sizeof brief - 1], 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
