/* The local queue of a world of one rank, which needs no MPI. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/base/error.h"
#include "proto/comm/mail.h"

static struct glb_world world;

static struct glb_mail *mailbox(size_t capacity, int local) {
  struct glb_mail *mail = NULL;
  assert_int_equal(glb_world_init(&world), GLB_OK);
  assert_int_equal(glb_mail_create(&mail, &world, capacity, 1, local), GLB_OK);
  return mail;
}

static void finish(struct glb_mail *mail) {
  glb_mail_destroy(mail);
  glb_world_finish(&world);
}

static int send_byte(struct glb_mail *mail, int value) {
  uint8_t *buffer;
  size_t capacity;
  GLB_TRY(glb_mail_buffer(mail, &buffer, &capacity));
  buffer[0] = (uint8_t)value;
  return glb_mail_send(mail, 0, 1);
}

static void expect_byte(struct glb_mail *mail, int value) {
  const uint8_t *frame = NULL;
  size_t size = 0;
  int from = -1;
  assert_int_equal(glb_mail_poll(mail, &frame, &size, &from), GLB_OK);
  assert_non_null(frame);
  assert_int_equal(size, 1);
  assert_int_equal(from, 0);
  assert_int_equal(frame[0], value);
}

static void expect_nothing(struct glb_mail *mail) {
  const uint8_t *frame = (const uint8_t *)"";
  size_t size;
  int from;
  assert_int_equal(glb_mail_poll(mail, &frame, &size, &from), GLB_OK);
  assert_null(frame);
}

static void test_world_of_one(void **state) {
  (void)state;
  int worst = -1, byte = 7, all = 0;
  assert_int_equal(glb_world_init(&world), GLB_OK);
  assert_int_equal(world.size, 1);
  assert_int_equal(world.learner, 1);
  assert_int_equal(world.actors, 1);
  assert_int_equal(world.actor, 0);
  assert_int_equal(glb_world_owner_rank(&world, 5), 0);
  assert_int_equal(glb_world_barrier(&world, GLB_ALL), GLB_OK);
  assert_int_equal(glb_world_broadcast(&world, GLB_ALL, &byte, sizeof byte), GLB_OK);
  assert_int_equal(glb_world_agree(&world, GLB_EIO, &worst), GLB_OK);
  assert_int_equal(worst, GLB_EIO);
  assert_int_equal(glb_world_gather(&world, GLB_ALL, &all, &byte, sizeof byte), GLB_OK);
  assert_int_equal(all, 7);
  glb_world_finish(&world);
  glb_world_finish(&world);
}

static void test_order(void **state) {
  (void)state;
  struct glb_mail *mail = mailbox(16, 3);
  expect_nothing(mail);
  for (int n = 0; n < 100; n += 2) {
    assert_int_equal(send_byte(mail, n), GLB_OK);
    assert_int_equal(send_byte(mail, n + 1), GLB_OK);
    expect_byte(mail, n);
    expect_byte(mail, n + 1);
    expect_nothing(mail);
  }
  finish(mail);
}

static void test_full(void **state) {
  (void)state;
  struct glb_mail *mail = mailbox(16, 2);
  assert_int_equal(send_byte(mail, 1), GLB_OK);
  assert_int_equal(send_byte(mail, 2), GLB_OK);
  assert_int_equal(send_byte(mail, 3), GLB_ELIMIT);
  expect_byte(mail, 1);
  assert_int_equal(send_byte(mail, 3), GLB_ELIMIT);  // the first is still lent
  expect_byte(mail, 2);
  assert_int_equal(send_byte(mail, 3), GLB_OK);
  expect_byte(mail, 3);
  expect_nothing(mail);
  finish(mail);
}

static void test_misuse(void **state) {
  (void)state;
  struct glb_mail *mail = mailbox(16, 2);
  const uint8_t *frame;
  size_t size;
  int from;
  assert_int_equal(glb_mail_receive(mail, &frame, &size, &from), GLB_EINVAL);
  assert_int_equal(glb_mail_send(mail, 1, 1), GLB_EINVAL);
  assert_int_equal(glb_mail_send(mail, -1, 1), GLB_EINVAL);
  assert_int_equal(glb_mail_send(mail, 0, 17), GLB_ELIMIT);
  assert_int_equal(glb_mail_send(mail, 0, 0), GLB_ELIMIT);
  assert_int_equal(glb_mail_flush(mail), GLB_OK);
  finish(mail);

  mail = mailbox(16, 0);
  assert_int_equal(send_byte(mail, 1), GLB_ELIMIT);
  expect_nothing(mail);
  glb_mail_destroy(mail);

  assert_int_equal(glb_mail_create(&mail, &world, (size_t)1 << 40, 1, 1), GLB_ELIMIT);
  assert_null(mail);
  assert_int_equal(glb_mail_create(&mail, &world, 16, 0, 1), GLB_EINVAL);
  finish(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_world_of_one),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_full),
      cmocka_unit_test(test_misuse),
  };
  return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
