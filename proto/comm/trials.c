#include "proto/comm/trials.h"

#include "common/base/error.h"
#include "proto/wire/message.h"

int glb_trials_send(struct glb_world *world, struct glb_mail *mail, int rank, const struct glb_trial *trial) {
  uint8_t *buffer;
  size_t capacity, size;
  GLB_TRY(glb_mail_buffer(mail, &buffer, &capacity));
  GLB_TRY_IN(world->trace, GLB_PHASE_pack, (int)trial->head->slot,
             glb_message_put_trial(buffer, capacity, &size, trial));
  return glb_mail_send(mail, rank, size);
}

int glb_trials_receive(struct glb_world *world, struct glb_mail *mail, struct glb_trial *trial, int *from) {
  const uint8_t *frame;
  size_t size;
  GLB_TRY_IN(world->trace, GLB_PHASE_wait, -1, glb_mail_receive(mail, &frame, &size, from));
  GLB_TRY_IN(world->trace, GLB_PHASE_pack, -1, glb_message_get_trial(trial, frame, size));
  return GLB_OK;
}

int glb_trials_poll(struct glb_world *world, struct glb_mail *mail, struct glb_trial *trial, int *from) {
  const uint8_t *frame;
  size_t size;
  GLB_TRY(glb_mail_poll(mail, &frame, &size, from));
  if (!frame) {
    *from = -1;
    return GLB_OK;
  }
  GLB_TRY_IN(world->trace, GLB_PHASE_pack, -1, glb_message_get_trial(trial, frame, size));
  return GLB_OK;
}
