#include "proto/wire/message.h"

#include <math.h>
#include <msgpack.h>
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/error.h"
#include "proto/wire/frame.h"
#include "proto/wire/scan.h"

/* ---- members: one list of each message, for both directions ---- */

struct number {  // an unsigned integer, or a signed one that is never negative
  const char *name;
  size_t offset, width;  // within its struct; 4 or 8 bytes
  uint64_t most;
};
#define NUMBER(type, member, most) \
  { #member, offsetof(struct type, member), sizeof(((struct type *)0)->member), most }

static const struct number order_numbers[] = {
    NUMBER(glb_order, verb, GLB_VERB_COUNT - 1), NUMBER(glb_order, round, UINT32_MAX),
    NUMBER(glb_order, update, UINT32_MAX),       NUMBER(glb_order, first, UINT32_MAX),
    NUMBER(glb_order, last, UINT32_MAX),         NUMBER(glb_order, flags, UINT32_MAX),
    NUMBER(glb_order, version, UINT64_MAX),      NUMBER(glb_order, bytes, UINT64_MAX),
};
static const struct number trial_numbers[] = {
    NUMBER(glb_trial_head, round, UINT32_MAX),   NUMBER(glb_trial_head, slot, UINT32_MAX),
    NUMBER(glb_trial_head, version, UINT64_MAX), NUMBER(glb_trial_head, E, INT32_MAX),
    NUMBER(glb_trial_head, T, INT32_MAX),
};
static const struct number shape_numbers[] = {
    NUMBER(glb_trial_shape, O, INT32_MAX),
    NUMBER(glb_trial_shape, A, INT32_MAX),
    NUMBER(glb_trial_shape, P, INT32_MAX),
};
static const struct number score_numbers[] = {
    NUMBER(glb_score, round, UINT32_MAX),
    NUMBER(glb_score, slot, UINT32_MAX),
    NUMBER(glb_score, E, INT32_MAX),
};
#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

struct span {  // an array, raw on the wire
  const char *name;
  void *data;
  size_t bytes;
};

enum { TRIAL_SPANS = 8, SCORE_SPANS = 2 };

static void trial_spans(struct span spans[TRIAL_SPANS], const struct glb_trial *trial, int E, int T) {
  const size_t e = (size_t)E, t = (size_t)T;
  const size_t O = (size_t)trial->shape.O, A = (size_t)trial->shape.A, P = (size_t)trial->shape.P;
  const struct span filled[TRIAL_SPANS] = {
      {"task", trial->task, P * sizeof *trial->task},
      {"reward", trial->reward, t * sizeof *trial->reward},
      {"obs", trial->obs, t * O * sizeof *trial->obs},
      {"last_obs", trial->last_obs, e * O * sizeof *trial->last_obs},
      {"action", trial->action, t * A * sizeof *trial->action},
      {"length", trial->length, e * sizeof *trial->length},
      {"terminated", trial->terminated, e * sizeof *trial->terminated},
      {"success", trial->success, e * sizeof *trial->success},
  };
  memcpy(spans, filled, sizeof filled);
}

static void score_spans(struct span spans[SCORE_SPANS], const struct glb_score *score, int E) {
  spans[0] = (struct span){"returns", score->returns, (size_t)E * sizeof *score->returns};
  spans[1] = (struct span){"success", score->success, (size_t)E * sizeof *score->success};
}

// bytes of a frame less its arrays: head, names, numbers and lengths of a trial are under 256 bytes, of the
// others fewer
enum { OVERHEAD = 256 };

size_t glb_message_trial_bytes(struct glb_trial_shape shape) {
  return OVERHEAD + glb_trial_bytes(shape);
}

size_t glb_message_score_bytes(int E) {
  return OVERHEAD + (size_t)E * (sizeof(double) + sizeof(uint8_t));
}

/* ---- encoding ---- */

struct writer {
  msgpack_packer packer;
  uint8_t *frame, *at, *end;
  int full;  // something did not fit
};

static int append(void *data, const char *bytes, size_t n) {
  struct writer *out = data;
  if (out->full || n > (size_t)(out->end - out->at)) {
    out->full = 1;
    return -1;
  }
  memcpy(out->at, bytes, n);
  out->at += n;
  return 0;
}

static void begin_body(struct writer *out, uint8_t *frame, size_t capacity, int members) {
  size_t head = capacity < GLB_FRAME_HEAD ? capacity : GLB_FRAME_HEAD;
  *out = (struct writer){.frame = frame, .at = frame + head, .end = frame + capacity};
  msgpack_packer_init(&out->packer, out, append);
  msgpack_pack_map(&out->packer, (size_t)members);
}

static void put_name(struct writer *out, const char *name) {
  size_t n = strlen(name);
  msgpack_pack_str(&out->packer, n);
  msgpack_pack_str_body(&out->packer, name, n);
}

// numbers have their full width on the wire: a message's size tells nothing of its values
static void put_numbers(struct writer *out, const void *object, const struct number *numbers, int count) {
  for (const struct number *number = numbers; number < numbers + count; number++) {
    uint64_t value = 0;
    memcpy(&value, (const char *)object + number->offset, number->width);
    GLB_ASSERT(value <= number->most);
    put_name(out, number->name);
    if (number->width == 8) {
      msgpack_pack_fix_uint64(&out->packer, value);
    } else {
      msgpack_pack_fix_uint32(&out->packer, (uint32_t)value);
    }
  }
}

static void put_spans(struct writer *out, const struct span *spans, int count) {
  for (const struct span *span = spans; span < spans + count; span++) {
    put_name(out, span->name);
    msgpack_pack_bin(&out->packer, span->bytes);
    msgpack_pack_bin_body(&out->packer, span->data, span->bytes);
  }
}

static int end_body(struct writer *out, enum glb_frame_kind kind, size_t *size) {
  GLB_CHECK(!out->full, GLB_ELIMIT, "frame %s does not fit in %zu bytes", glb_frame_name(kind),
            (size_t)(out->end - out->frame));
  *size = (size_t)(out->at - out->frame);
  GLB_CHECK(*size <= GLB_FRAME_HEAD + GLB_FRAME_LIMIT, GLB_ELIMIT, "frame %s of %zu bytes, at most %zu",
            glb_frame_name(kind), *size, GLB_FRAME_HEAD + GLB_FRAME_LIMIT);
  glb_frame_seal(out->frame, kind, *size - GLB_FRAME_HEAD);
  return GLB_OK;
}

int glb_message_put_trial(uint8_t *frame, size_t capacity, size_t *size, const struct glb_trial *trial) {
  struct writer out;
  struct span spans[TRIAL_SPANS];
  trial_spans(spans, trial, trial->head->E, trial->head->T);
  begin_body(&out, frame, capacity, COUNT(trial_numbers) + COUNT(shape_numbers) + TRIAL_SPANS);
  put_numbers(&out, trial->head, trial_numbers, COUNT(trial_numbers));
  put_numbers(&out, &trial->shape, shape_numbers, COUNT(shape_numbers));
  put_spans(&out, spans, TRIAL_SPANS);
  return end_body(&out, GLB_FRAME_TRIAL, size);
}

int glb_message_put_score(uint8_t *frame, size_t capacity, size_t *size, const struct glb_score *score) {
  struct writer out;
  struct span spans[SCORE_SPANS];
  score_spans(spans, score, score->E);
  begin_body(&out, frame, capacity, COUNT(score_numbers) + SCORE_SPANS);
  put_numbers(&out, score, score_numbers, COUNT(score_numbers));
  put_spans(&out, spans, SCORE_SPANS);
  return end_body(&out, GLB_FRAME_SCORE, size);
}

int glb_message_put_order(uint8_t *frame, size_t capacity, size_t *size, const struct glb_order *order) {
  struct writer out;
  begin_body(&out, frame, capacity, COUNT(order_numbers));
  put_numbers(&out, order, order_numbers, COUNT(order_numbers));
  return end_body(&out, GLB_FRAME_ORDER, size);
}

/* ---- decoding ---- */

struct reader {
  const char *message;            // name of the kind
  const char *at;                 // where the next member must begin
  const msgpack_object_kv *next;  // member that is read next; their number has been checked
  msgpack_zone zone;              // the library's memory for the map, bounded by the scan
};

static int open_map(struct reader *in, const uint8_t *body, size_t length, int members) {
  msgpack_object object;
  size_t offset = 0;
  int status = msgpack_unpack((const char *)body, length, &offset, &in->zone, &object);
  GLB_CHECK(status == MSGPACK_UNPACK_SUCCESS, GLB_EWIRE, "%s: not MessagePack (code %d)", in->message,
            status);
  GLB_CHECK(object.type == MSGPACK_OBJECT_MAP, GLB_EWIRE, "%s: not a map", in->message);
  GLB_CHECK(object.via.map.size == (uint32_t)members, GLB_EWIRE, "%s: %u members, not %d", in->message,
            object.via.map.size, members);
  in->next = object.via.map.ptr;
  in->at = (const char *)body + (members < 16 ? 1 : 3);
  return GLB_OK;
}

// opens a frame that must be of kind and have so many members; end_reading after success
static int begin_reading(struct reader *in, const uint8_t *frame, size_t size, enum glb_frame_kind kind,
                         int members) {
  enum { ZONE = 4096 };
  enum glb_frame_kind found;
  const uint8_t *body;
  size_t length;
  *in = (struct reader){.message = glb_frame_name(kind)};
  GLB_TRY(glb_frame_open(frame, size, &found, &body, &length));
  GLB_CHECK(found == kind, GLB_EWIRE, "frame of kind %s where %s was expected", glb_frame_name(found),
            in->message);
  GLB_TRY(glb_scan_body(body, length));
  GLB_CHECK(msgpack_zone_init(&in->zone, ZONE), GLB_ENOMEM, "%s: %d bytes", in->message, ZONE);
  int code = open_map(in, body, length, members);
  if (code) msgpack_zone_destroy(&in->zone);
  return code;
}

static void end_reading(struct reader *in) {
  msgpack_zone_destroy(&in->zone);
}

// the next member, which must have this name and type; the library keeps names where they are in the body, so
// a name that stands one byte behind the last value has no count but that byte
static int get_member(const msgpack_object **value, struct reader *in, const char *name,
                      msgpack_object_type type) {
  const msgpack_object *key = &in->next->key;
  size_t n = strlen(name);
  *value = &in->next->val;
  GLB_CHECK(key->type == MSGPACK_OBJECT_STR && key->via.str.size == n && key->via.str.ptr == in->at + 1 &&
                !memcmp(key->via.str.ptr, name, n),
            GLB_EWIRE, "%s: another member where \"%s\" was expected", in->message, name);
  GLB_CHECK((*value)->type == type, GLB_EWIRE, "%s: member \"%s\" has MessagePack type %d, not %d",
            in->message, name, (int)(*value)->type, (int)type);
  in->at += 1 + n;
  in->next++;
  return GLB_OK;
}

// goes past a value, which must begin with the byte that the encoder writes
static int pass_value(struct reader *in, const char *name, uint8_t lead, size_t bytes) {
  const uint8_t found = (uint8_t)*in->at;
  GLB_CHECK(found == lead, GLB_EWIRE, "%s: member \"%s\" starts with byte %02x, not %02x", in->message, name,
            found, lead);
  in->at += bytes;
  return GLB_OK;
}

static int get_numbers(void *object, struct reader *in, const struct number *numbers, int count) {
  for (const struct number *number = numbers; number < numbers + count; number++) {
    const msgpack_object *value;
    GLB_TRY(get_member(&value, in, number->name, MSGPACK_OBJECT_POSITIVE_INTEGER));
    GLB_CHECK(value->via.u64 <= number->most, GLB_EWIRE, "%s: member \"%s\" is %llu, at most %llu",
              in->message, number->name, (unsigned long long)value->via.u64,
              (unsigned long long)number->most);
    GLB_TRY(pass_value(in, number->name, number->width == 8 ? 0xcf : 0xce, 1 + number->width));
    memcpy((char *)object + number->offset, &value->via.u64, number->width);
  }
  return GLB_OK;
}

// copies the next members into the arrays; their sizes must be as expected
static int get_spans(const struct span *spans, struct reader *in, int count) {
  for (const struct span *span = spans; span < spans + count; span++) {
    const msgpack_object *value;
    const size_t n = span->bytes, wide = n < 1 << 8 ? 0 : n < 1 << 16 ? 1 : 2;  // log2 of the count's bytes
    GLB_TRY(get_member(&value, in, span->name, MSGPACK_OBJECT_BIN));
    GLB_CHECK(value->via.bin.size == n, GLB_EWIRE, "%s: member \"%s\" has %u bytes, not %zu", in->message,
              span->name, value->via.bin.size, n);
    GLB_TRY(pass_value(in, span->name, (uint8_t)(0xc4 + wide), 1 + ((size_t)1 << wide) + n));
    memcpy(span->data, value->via.bin.ptr, n);
  }
  return GLB_OK;
}

static int validate(const struct glb_trial *trial) {
  char why[512];
  if (!glb_trial_validate(trial)) return GLB_OK;
  snprintf(why, sizeof why, "%s", glb_error_message());
  GLB_RAISE(GLB_EWIRE, "%s", why);
}

static int read_trial(struct glb_trial *trial, struct reader *in) {
  const struct glb_trial_shape want = trial->shape;
  struct glb_trial_shape shape;
  struct glb_trial_head head;
  struct span spans[TRIAL_SPANS];

  GLB_TRY(get_numbers(&head, in, trial_numbers, COUNT(trial_numbers)));
  GLB_TRY(get_numbers(&shape, in, shape_numbers, COUNT(shape_numbers)));
  GLB_CHECK(shape.O == want.O && shape.A == want.A && shape.P == want.P, GLB_EWIRE,
            "TRIAL: O, A, P are %d, %d, %d, not %d, %d, %d", shape.O, shape.A, shape.P, want.O, want.A,
            want.P);
  GLB_CHECK(head.E >= 1 && head.E <= want.E, GLB_EWIRE, "TRIAL: member \"E\" is %d, not 1 .. %d", head.E,
            want.E);
  GLB_CHECK(head.T >= 1 && head.T <= want.T, GLB_EWIRE, "TRIAL: member \"T\" is %d, not 1 .. %d", head.T,
            want.T);

  memset(trial->block, 0, glb_trial_bytes(want));
  *trial->head = head;
  trial_spans(spans, trial, head.E, head.T);
  GLB_TRY(get_spans(spans, in, TRIAL_SPANS));
  return validate(trial);
}

int glb_message_get_trial(struct glb_trial *trial, const uint8_t *frame, size_t size) {
  struct reader in;
  GLB_TRY(begin_reading(&in, frame, size, GLB_FRAME_TRIAL,
                        COUNT(trial_numbers) + COUNT(shape_numbers) + TRIAL_SPANS));
  int code = read_trial(trial, &in);
  end_reading(&in);
  return code;
}

static int read_score(struct glb_score *score, struct reader *in, int E_max) {
  struct span spans[SCORE_SPANS];
  const int most = E_max < GLB_SCORE_EPISODES ? E_max : GLB_SCORE_EPISODES;
  GLB_TRY(get_numbers(score, in, score_numbers, COUNT(score_numbers)));
  GLB_CHECK(score->E >= 1 && score->E <= most, GLB_EWIRE, "SCORE: member \"E\" is %d, not 1 .. %d", score->E,
            most);
  score_spans(spans, score, score->E);
  GLB_TRY(get_spans(spans, in, SCORE_SPANS));
  for (int e = 0; e < score->E; e++) {
    GLB_CHECK(isfinite(score->returns[e]), GLB_EWIRE, "SCORE: member \"returns\" is %g at %d",
              score->returns[e], e);
    GLB_CHECK(score->success[e] <= 1, GLB_EWIRE, "SCORE: member \"success\" is %d at %d", score->success[e],
              e);
  }
  return GLB_OK;
}

int glb_message_get_score(struct glb_score *score, int E_max, const uint8_t *frame, size_t size) {
  struct reader in;
  GLB_TRY(begin_reading(&in, frame, size, GLB_FRAME_SCORE, COUNT(score_numbers) + SCORE_SPANS));
  int code = read_score(score, &in, E_max);
  end_reading(&in);
  return code;
}

static int read_order(struct glb_order *order, struct reader *in) {
  GLB_TRY(get_numbers(order, in, order_numbers, COUNT(order_numbers)));
  GLB_CHECK(order->first <= order->last, GLB_EWIRE, "ORDER: member \"first\" is %u, past \"last\", %u",
            order->first, order->last);
  return GLB_OK;
}

int glb_message_get_order(struct glb_order *order, const uint8_t *frame, size_t size) {
  struct reader in;
  GLB_TRY(begin_reading(&in, frame, size, GLB_FRAME_ORDER, COUNT(order_numbers)));
  int code = read_order(order, &in);
  end_reading(&in);
  return code;
}
