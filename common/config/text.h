/* text.h: numbers and words as people type them. The program stays in the C locale, so a point is a point. */
#ifndef COMMON_CONFIG_TEXT_H
#define COMMON_CONFIG_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* The whole of text as a decimal number; 1 when it is one and fits, else 0 and *value stays. No blanks, no
 * hexadecimal, no "nan", no "inf". */
int glb_text_parse_int(int64_t *value, const char *text);
int glb_text_parse_real(double *value, const char *text);

enum { GLB_TEXT_REAL = 32 };  // bytes of the longest number

/* Shortest decimal that reads back as the same finite number; returns its length. */
int glb_text_print_real(char text[GLB_TEXT_REAL], double value);

/* text as the inside of a JSON string; what does not fit into size is left out, control characters are blanks. */
void glb_text_quote(char *out, size_t size, const char *text);

/* The most similar of some words: zero the struct, set word, offer each candidate, read best. */
struct glb_text_nearest {
  const char *word;  // borrowed
  char best[64];     // "" when nothing is similar
  int distance;      // insertions, deletions and replacements from word to best
};

void glb_text_offer(struct glb_text_nearest *nearest, const char *candidate);

#endif  // COMMON_CONFIG_TEXT_H
