#include "common/config/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int glb_text_parse_int(int64_t *value, const char *text) {
  int negative = *text == '-';
  if (*text == '-' || *text == '+') text++;
  if (!*text) return 0;

  // counted downwards, where the range is larger by one
  int64_t sum = 0;
  for (; *text; text++) {
    if (*text < '0' || *text > '9') return 0;
    if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_sub_overflow(sum, *text - '0', &sum)) return 0;
  }
  if (!negative && sum == INT64_MIN) return 0;
  *value = negative ? sum : -sum;
  return 1;
}

int glb_text_parse_real(double *value, const char *text) {
  char *end;
  if (!*text || text[strspn(text, "0123456789+-.eE")]) return 0;
  double number = strtod(text, &end);
  if (*end || !isfinite(number)) return 0;
  *value = number;
  return 1;
}

int glb_text_print_real(char text[GLB_TEXT_REAL], double value) {
  int length = 0;
  for (int digits = 6; digits <= 17; digits++) {
    length = snprintf(text, GLB_TEXT_REAL, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  return length;
}

void glb_text_quote(char *out, size_t size, const char *text) {
  size_t at = 0;
  for (; *text && at + 2 < size; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') out[at++] = '\\';
    out[at++] = c < ' ' ? ' ' : (char)c;
  }
  out[at] = '\0';
}

// Levenshtein distance of two words of at most 63 bytes
static int distance(const char *a, const char *b) {
  int row[64], m = (int)strlen(b);
  for (int j = 0; j <= m; j++) row[j] = j;
  for (int i = 1; a[i - 1]; i++) {
    int diagonal = row[0];
    row[0] = i;
    for (int j = 1; j <= m; j++) {
      int replaced = diagonal + (a[i - 1] != b[j - 1]);
      int dropped = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
      diagonal = row[j];
      row[j] = replaced < dropped ? replaced : dropped;
    }
  }
  return row[m];
}

void glb_text_offer(struct glb_text_nearest *nearest, const char *candidate) {
  size_t length = strlen(nearest->word);
  if (length > 63 || strlen(candidate) > 63) return;
  int d = distance(nearest->word, candidate);
  int similar = d <= (int)(length > 4 ? length / 2 : 2);
  if (!similar || (nearest->best[0] && d >= nearest->distance)) return;
  snprintf(nearest->best, sizeof nearest->best, "%s", candidate);
  nearest->distance = d;
}
