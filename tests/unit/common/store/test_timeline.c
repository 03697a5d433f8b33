// test_timeline.c: a trace file has what was put in, whole, and nothing of a failure.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "common/store/timeline.h"
#include "tests/unit/common/store/temp.h"

static const struct glb_timeline_rank learner = {.rank = 0,
                                                 .role = "learner",
                                                 .host = "node\"\\1\n",
                                                 .end = 102},
                                      actor = {.rank = 12,
                                               .role = "actor",
                                               .host = "node-2",
                                               .begin = 99.5,
                                               .end = 101,
                                               .error = 2.5e-6,
                                               .dropped = 3e9};
static const struct glb_event events[] = {
    {.begin = 100, .end = 101.5, .round = 4, .number = 3, .phase = GLB_PHASE_model},
    {.begin = 100.000000001, .end = 100.25, .round = 4, .number = -1, .phase = GLB_PHASE_sync},
    {.begin = 99.999999499, .end = 100, .round = 4, .number = 1, .phase = GLB_PHASE_wait}};

static const char expected[] =
    "{\"traceEvents\":[\n"
    "{\"ph\":\"M\",\"pid\":0,\"tid\":0,\"name\":\"process_name\",\"args\":{\"name\":\"rank 0: learner\"}},\n"
    "{\"ph\":\"M\",\"pid\":0,\"tid\":0,\"name\":\"process_labels\",\"args\":{\"labels\":\"node1\"}},\n"
    "{\"ph\":\"M\",\"pid\":0,\"tid\":0,\"name\":\"process_sort_index\",\"args\":{\"sort_index\":0}},\n"
    "{\"ph\":\"M\",\"pid\":0,\"tid\":0,\"name\":\"thread_name\",\"args\":{\"name\":\"phases\"}},\n"
    "{\"ph\":\"X\",\"pid\":0,\"tid\":0,\"name\":\"model\",\"ts\":0.000,\"dur\":1500000.000,\"args\":{"
    "\"round\":4,"
    "\"update\":3}},\n"
    "{\"ph\":\"X\",\"pid\":0,\"tid\":0,\"name\":\"sync\",\"ts\":0.001,\"dur\":249999.999,\"args\":{\"round\":"
    "4}},\n"
    "{\"ph\":\"X\",\"pid\":0,\"tid\":0,\"name\":\"wait\",\"ts\":-0.501,\"dur\":0.501,\"args\":{\"round\":4}},"
    "\n"
    "{\"ph\":\"M\",\"pid\":12,\"tid\":12,\"name\":\"process_name\",\"args\":{\"name\":\"rank 12: actor\"}},\n"
    "{\"ph\":\"M\",\"pid\":12,\"tid\":12,\"name\":\"process_labels\",\"args\":{\"labels\":\"node-2\"}},\n"
    "{\"ph\":\"M\",\"pid\":12,\"tid\":12,\"name\":\"process_sort_index\",\"args\":{\"sort_index\":12}},\n"
    "{\"ph\":\"M\",\"pid\":12,\"tid\":12,\"name\":\"thread_name\",\"args\":{\"name\":\"phases\"}}\n"
    "],\"displayTimeUnit\":\"ms\",\n"
    "\"otherData\":{\"ranks\":[\n"
    "{\"rank\":0,\"role\":\"learner\",\"host\":\"node1\",\"begin_us\":-100000000.000,\"end_us\":2000000.000,"
    "\"clock_error_us\":0.000,\"dropped\":0},\n"
    "{\"rank\":12,\"role\":\"actor\",\"host\":\"node-2\",\"begin_us\":-500000.000,\"end_us\":1000000.000,"
    "\"clock_error_us\":2.500,\"dropped\":3000000000}\n"
    "]}}\n";

static void a_file_has_all_ranks(void **state) {
  (void)state;
  struct glb_timeline timeline;
  char *text;
  assert_int_equal(glb_timeline_begin(&timeline, at("trace.json"), 100, 2), GLB_OK);
  glb_timeline_add(&timeline, &learner, events, 3);
  glb_timeline_add(&timeline, &actor, NULL, 0);
  assert_false(glb_file_exists(at("trace.json")));
  assert_int_equal(glb_timeline_settle(&timeline, GLB_OK), GLB_OK);
  assert_int_equal(glb_file_read(&text, NULL, at("trace.json"), 1 << 20), GLB_OK);
  assert_string_equal(text, expected);
  free(text);
}

static void a_failure_leaves_nothing(void **state) {
  (void)state;
  struct glb_timeline timeline;
  assert_int_equal(glb_timeline_begin(&timeline, at("no.json"), 0, 1), GLB_OK);
  glb_timeline_add(&timeline, &learner, events, 3);
  assert_int_equal(glb_timeline_settle(&timeline, GLB_EPEER), GLB_EPEER);
  assert_false(glb_file_exists(at("no.json")));
  assert_int_equal(glb_timeline_begin(&timeline, at("none/no.json"), 0, 1), GLB_EIO);
  assert_int_equal(entries_with(folder, "tmp-"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_has_all_ranks),
      cmocka_unit_test(a_failure_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
