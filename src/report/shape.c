/* SPDX-License-Identifier: Apache-2.0 */
#include "report/shape.h"

#include "base/json.h"

/* Known objects and lists nest no deeper than this: content.softwares[] is 4. */
#define FRAMES_MAX 8

typedef struct frame {
  const pk_shape *shape;
  const pk_member *member; /* whose value comes next; NULL: not known */
  pk_str key;              /* of the member with key NULL */
  bool is_list;
  size_t index; /* of the list's item that comes next */
} frame;

typedef struct reader {
  pk_decoder *d;
  pk_str json;
  const pk_shape *root;
  void *draft;
  bool loose;
  frame frames[FRAMES_MAX];
  size_t n_frames;
  size_t skipping; /* open objects and arrays inside a member that is not known */
} reader;

static void add_path(const reader *r, pk_buf *path) {
  for (size_t i = 0; i < r->n_frames; i++) {
    const frame *f = &r->frames[i];
    if (f->is_list) {
      pk_buf_printf(path, "[%zu]", f->index);
    } else if (f->member) {
      if (path->n) pk_buf_putc(path, '.');
      pk_str key = f->member->key ? pk_str_of(f->member->key) : pk_quote(f->key);
      pk_buf_str(path, key);
    }
  }
}

/* The path in front of a message. */
static pk_rc at_path(const reader *r, pk_rc rc) {
  pk_buf path;
  pk_buf_init(&path, 256);
  add_path(r, &path);
  if (path.n) pk_err_prefix(r->d->err, "%s: ", pk_buf_cstr(&path));
  pk_buf_free(&path);
  return rc;
}

static pk_rc wrong_type(const reader *r, pk_member_kind kind) {
  static const char *const WANTED[] = {
      [PK_MEMBER_HEADER] = "a string",
      [PK_MEMBER_TOKEN] = "a string",
      [PK_MEMBER_FIELD] = "a string",
      [PK_MEMBER_VALUE] = "a string",
      [PK_MEMBER_RAW] = "a string",
      [PK_MEMBER_INTEGER] = "an integer that is not negative",
      [PK_MEMBER_BOOLEAN] = "true or false",
      [PK_MEMBER_OBJECT] = "an object",
      [PK_MEMBER_LIST] = "an array of objects",
  };
  return at_path(r, pk_err_set(r->d->err, PK_E_SYNTAX, "must be %s", WANTED[kind]));
}

/* Borrowed from the document where the parser did not have to decode it. */
static bool keep_text(const reader *r, pk_str text, pk_str *ret) {
  uintptr_t at = (uintptr_t)text.p, from = (uintptr_t)r->json.p;
  if (at >= from && at - from <= r->json.n && text.n <= r->json.n - (at - from)) {
    *ret = text;
    return true;
  }
  return pk_arena_copy(r->d->arena, text, ret);
}

static pk_rc push(reader *r, const pk_shape *shape, bool is_list) {
  if (r->n_frames == FRAMES_MAX) return pk_err_set(r->d->err, PK_E_INTERNAL, "a shape nests deeper than %d", FRAMES_MAX);
  r->frames[r->n_frames++] = (frame){.shape = shape, .is_list = is_list};
  return PK_OK;
}

static pk_rc tell_done(reader *r, const pk_shape *shape) {
  if (!shape->done) return PK_OK;
  pk_rc rc = shape->done(r->draft, r->d->err);
  return rc == PK_OK ? PK_OK : at_path(r, rc);
}

static pk_rc on_key(reader *r, frame *f, pk_str key) {
  f->member = NULL;
  for (size_t i = 0; i < f->shape->n_members; i++) {
    const pk_member *m = &f->shape->members[i];
    if (m->key && (strncmp(m->key, key.p, key.n) != 0 || m->key[key.n] != '\0')) continue;
    f->member = m;
    break;
  }
  if (!f->member || f->member->key) return PK_OK;
  if (!keep_text(r, key, &f->key)) return pk_decoder_no_memory(r->d);
  pk_rc rc = pk_decoder_check(f->key, PK_TEXT_TOKEN, r->d->err);
  if (rc != PK_OK) return at_path(r, rc);
  memcpy((char *)r->draft + f->shape->key_offset, &f->key, sizeof f->key);
  return PK_OK;
}

static pk_rc take_text(reader *r, const pk_member *m, pk_str text) {
  pk_str *to = (pk_str *)((char *)r->draft + m->offset), kept;
  if (!keep_text(r, text, &kept)) return pk_decoder_no_memory(r->d);
  pk_rc rc = PK_OK;
  if (m->kind == PK_MEMBER_HEADER)
    rc = pk_decoder_header(r->d, m->key, kept, to);
  else if (m->kind != PK_MEMBER_RAW)
    rc = pk_decoder_check(kept, (pk_text_kind)(m->kind - PK_MEMBER_TOKEN), r->d->err);
  if (rc != PK_OK) return at_path(r, rc);
  if (m->kind != PK_MEMBER_HEADER) *to = kept;
  return PK_OK;
}

static pk_rc take_integer(reader *r, const pk_member *m, pk_str text) {
  uint64_t value;
  if (!pk_str_u64(text, &value) || value > INT64_MAX) return wrong_type(r, m->kind);
  int64_t *to = (int64_t *)((char *)r->draft + m->offset);
  *to = (int64_t)value;
  return PK_OK;
}

static bool is_text(pk_member_kind kind) { return kind <= PK_MEMBER_RAW; }

/* A string, number, true or false as the value of a known member. */
static pk_rc take_scalar(reader *r, const pk_member *m, pk_json_event event, pk_str text) {
  if (event == PK_JSON_STRING || (event == PK_JSON_NUMBER && r->loose && is_text(m->kind)))
    return is_text(m->kind) ? take_text(r, m, text) : wrong_type(r, m->kind);
  if (event == PK_JSON_NUMBER && m->kind == PK_MEMBER_INTEGER) return take_integer(r, m, text);
  if ((event == PK_JSON_TRUE || event == PK_JSON_FALSE) && m->kind == PK_MEMBER_BOOLEAN) {
    bool *to = (bool *)((char *)r->draft + m->offset);
    *to = event == PK_JSON_TRUE;
    return PK_OK;
  }
  return wrong_type(r, m->kind);
}

/* Any value that begins at the frame on top. */
static pk_rc on_value(reader *r, pk_json_event event, pk_str text) {
  frame *f = &r->frames[r->n_frames - 1];
  bool opens = event == PK_JSON_OBJECT || event == PK_JSON_ARRAY;
  if (f->is_list) return event == PK_JSON_OBJECT ? push(r, f->shape, false) : wrong_type(r, PK_MEMBER_OBJECT);
  if (!f->member) {
    r->skipping = opens;
    return PK_OK;
  }
  const pk_member *m = f->member;
  if (event == PK_JSON_NULL) return PK_OK;
  if (opens && m->kind == (event == PK_JSON_OBJECT ? PK_MEMBER_OBJECT : PK_MEMBER_LIST))
    return push(r, m->inside, event == PK_JSON_ARRAY);
  if (opens) return wrong_type(r, m->kind);
  pk_rc rc = take_scalar(r, m, event, text);
  return rc == PK_OK && !m->key ? tell_done(r, f->shape) : rc;
}

static pk_rc on_end(reader *r) {
  const frame *f = &r->frames[r->n_frames - 1];
  const pk_shape *shape = f->shape;
  bool whole = !f->is_list && (shape->n_members == 0 || shape->members[0].key);
  r->n_frames--;
  pk_rc rc = whole ? tell_done(r, shape) : PK_OK;
  if (rc == PK_OK && r->n_frames && r->frames[r->n_frames - 1].is_list) r->frames[r->n_frames - 1].index++;
  return rc;
}

static pk_rc on_event(void *arg, pk_json_event event, pk_str text, unsigned depth, pk_err *err) {
  reader *r = arg;
  (void)depth;
  if (r->skipping) {
    if (event == PK_JSON_OBJECT || event == PK_JSON_ARRAY) r->skipping++;
    if (event == PK_JSON_OBJECT_END || event == PK_JSON_ARRAY_END) r->skipping--;
    return PK_OK;
  }
  if (r->n_frames == 0) {
    if (event == PK_JSON_OBJECT) return push(r, r->root, false);
    return pk_err_set(err, PK_E_SYNTAX, "the document must be a JSON object");
  }
  if (event == PK_JSON_KEY) return on_key(r, &r->frames[r->n_frames - 1], text);
  if (event == PK_JSON_OBJECT_END || event == PK_JSON_ARRAY_END) return on_end(r);
  return on_value(r, event, text);
}

pk_rc pk_shape_read(pk_decoder *d, pk_str json, const pk_shape *root, void *draft, bool loose) {
  reader r = {.d = d, .json = json, .root = root, .draft = draft, .loose = loose};
  return pk_json_parse(json, on_event, &r, d->err);
}
