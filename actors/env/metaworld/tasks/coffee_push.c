#include "actors/env/metaworld/sawyer.h"

const struct glb_sawyer_rules glb_sawyer_rules_coffee_push = {0};
