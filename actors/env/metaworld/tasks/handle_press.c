#include "actors/env/metaworld/sawyer.h"

const struct glb_sawyer_rules glb_sawyer_rules_handle_press = {0};
