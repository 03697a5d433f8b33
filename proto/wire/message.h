/* message.h: the messages as MessagePack bodies, encoded into and decoded from the caller's memory.
 *
 * A body is a map from names to numbers and raw little-endian arrays, always in the same order. Decoding is
 * bounded: a body is scanned first (every length and count against the bytes that are left, depth at most 4),
 * so that hostile bytes cannot make the MessagePack library allocate; then names, types, counts and sizes are
 * checked against what the receiver expects. A message is taken in the one spelling that encoding gives it:
 * what is decoded encodes to the same bytes. All failures are GLB_EWIRE with the member's name; what was to be
 * filled is undefined then, but nothing outside is touched. */
#ifndef PROTO_WIRE_MESSAGE_H
#define PROTO_WIRE_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "common/task/trial.h"

enum glb_verb {       // what an order asks of the other ranks
  GLB_VERB_STOP,      // leave the loop
  GLB_VERB_SNAPSHOT,  // receive a snapshot
  GLB_VERB_ROLLOUT,   // roll out round; send trials
  GLB_VERB_EVALUATE,  // roll out held-out tasks; send scores, or the trials (GLB_ORDER_WHOLE)
  GLB_VERB_MODEL,     // one model update: statistics up, adjoints down, gradients up
  GLB_VERB_ADOPT,  // receive trials that this rank owns, a rank that learns all that the learner knows (start)
  GLB_VERB_RECEIVE,  // ranks that learn: receive the round's trials
  GLB_VERB_ADMIT,    // let them into the replay
  GLB_VERB_REFRESH,  // take the new acting version
  GLB_VERB_AGENT,    // agent updates first .. last - 1 of the round
  GLB_VERB_GIVE,     // send the trials of rounds first .. last - 1 to the learner
  GLB_VERB_COUNT
};

struct glb_order {
  enum glb_verb verb;
  uint32_t round;   // round of the rollout, or of the model update
  uint32_t update;  // number of the model update within the round; of an evaluation: trials in all
  uint32_t first,
      last;          // window of rounds in memory: first <= round < last; first <= last in every order; of an
                     // evaluation: episodes of adaptation, and all episodes; of agent updates: their numbers
  uint32_t flags;    // GLB_ORDER_*
  uint64_t version;  // version of the snapshot or basis meant; of an evaluation: seed
  uint64_t bytes;    // bytes that follow by broadcast (snapshot)
};
enum { GLB_ORDER_RANDOM = 1, GLB_ORDER_TRAIN_TASKS = 2, GLB_ORDER_SHUFFLED = 4, GLB_ORDER_WHOLE = 8 };

enum { GLB_SCORE_EPISODES = 1000 };
struct glb_score {  // one evaluation trial
  uint32_t round, slot;
  int32_t E;         // episodes, 1 .. GLB_SCORE_EPISODES
  double *returns;   // (E) borrowed
  uint8_t *success;  // (E) borrowed, 0 or 1
};

/* Largest frame, head included, of each message. An order has exactly its size, so that it can be broadcast.
 */
size_t glb_message_trial_bytes(struct glb_trial_shape shape);
size_t glb_message_score_bytes(int E);
enum { GLB_ORDER_BYTES = 130 };

/* Encode into frame (at least the bytes above), sealed; size gets the frame's length. Only the episodes and
 * steps a trial has are written. GLB_ELIMIT where it does not fit. */
int glb_message_put_trial(uint8_t *frame, size_t capacity, size_t *size, const struct glb_trial *trial);
int glb_message_put_score(uint8_t *frame, size_t capacity, size_t *size, const struct glb_score *score);
int glb_message_put_order(uint8_t *frame, size_t capacity, size_t *size, const struct glb_order *order);

/* Decode a whole frame of size bytes. trial is mapped and has the expected shape: another shape, counts past
 * the capacity or inconsistent members are errors; the whole block is written, zero where the trial does not
 * reach. score's arrays hold E_max entries. */
int glb_message_get_trial(struct glb_trial *trial, const uint8_t *frame, size_t size);
int glb_message_get_score(struct glb_score *score, int E_max, const uint8_t *frame, size_t size);
int glb_message_get_order(struct glb_order *order, const uint8_t *frame, size_t size);

#endif  // PROTO_WIRE_MESSAGE_H
