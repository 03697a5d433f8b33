/* digest.h: one number for everything in a group of a file. */
#ifndef COMMON_STORE_DIGEST_H
#define COMMON_STORE_DIGEST_H

struct glb_h5;

/* XXH3-128 over the names and bytes of all data sets below group, in name order, as 32 hex digits and a
 * terminator. GLB_EFORMAT where groups are in groups without end. */
int glb_digest_group(char digest[33], struct glb_h5 *file, const char *group);

#endif  // COMMON_STORE_DIGEST_H
