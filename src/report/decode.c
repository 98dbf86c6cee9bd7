/* SPDX-License-Identifier: Apache-2.0
 *
 * decode: finds out which protocol a body is in, and has it decoded. The content decides; headers and parameters help where
 * it cannot, and must not contradict it. (The client of Pakiti 3 posts its text as a urlencoded form; `pakiti check FILE`
 * has no headers at all.)
 *
 *   body begins with   '#'                      text, protocol 5
 *                      DER of a CMS message     S/MIME with such a text inside
 *                      '{', or GLPI is asking   JSON: GLPI's ("content") or native ("protocol": 6)
 *                      '--' boundary, name=     a form, protocol 4 */
#include "base/json.h"
#include "report/decoder.h"

typedef enum body_kind { KIND_UNKNOWN, KIND_TEXT, KIND_SMIME, KIND_MULTIPART, KIND_URLENCODED, KIND_GLPI, KIND_NATIVE } body_kind;

/* What is known of a request on the way. */
typedef struct choice {
  const pk_report_request *request;
  const pk_report_key *key;
  pk_decoder d;
  pk_str body;  /* unpacked */
  pk_str text;  /* the same without byte order mark and blanks in front */
  pk_form form; /* of the body, where it is one */
  pk_form query;
} choice;

static bool is_glpi_agent(const pk_report_request *r) {
  return pk_str_has(r->user_agent, "GLPI");
}

static bool is_json_type(pk_str content_type) {
  pk_str type = pk_str_trim(pk_str_sub(content_type, 0, pk_str_find(content_type, ';')));
  return pk_str_is_nocase(type, "application/json");
}

/* --- recognition --- */

static pk_str without_blanks_in_front(pk_str text) {
  while (text.n && pk_str_find(PK_STR(" \t\r\n"), text.p[0]) < 4) text = pk_str_sub(text, 1, text.n);
  return text;
}

static pk_str without_bom(pk_str body) { return pk_str_starts(body, "\xef\xbb\xbf") ? pk_str_sub(body, 3, body.n) : body; }

/* A SEQUENCE, its length indefinite or in one to four bytes. */
static bool is_der(pk_str body) {
  return body.n > 16 && body.p[0] == 0x30 && (unsigned char)body.p[1] >= 0x80 && (unsigned char)body.p[1] <= 0x84;
}

static bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_-.[]%", c));
}

/* A field's name and '='. */
static bool is_form_like(pk_str text) {
  size_t n = 0;
  while (n < text.n && n <= PK_FORM_NAME_MAX && is_name_char(text.p[n])) n++;
  return n > 0 && n < text.n && text.p[n] == '=';
}

/* Ends the parsing as soon as a top-level key tells the kind. */
static pk_rc on_sniff(void *arg, pk_json_event event, pk_str text, unsigned depth, pk_err *err) {
  body_kind *kind = arg;
  (void)err;
  if (event != PK_JSON_KEY || depth != 1) return PK_OK;
  if (pk_str_is(text, "content")) *kind = KIND_GLPI;
  if (pk_str_is(text, "protocol")) *kind = KIND_NATIVE;
  return *kind == KIND_UNKNOWN ? PK_OK : PK_END;
}

static pk_rc recognise_json(choice *c, body_kind *ret) {
  pk_rc rc = pk_decoder_check_utf8(c->text, c->d.err);
  if (rc == PK_OK) rc = pk_json_parse(c->text, on_sniff, ret, c->d.err);
  if (rc < 0) return rc;
  if (*ret == KIND_UNKNOWN)
    return pk_err_set(c->d.err, PK_E_SYNTAX, "the JSON is no report: it has neither \"protocol\": 6 nor GLPI's \"content\"");
  return PK_OK;
}

static pk_rc recognise(choice *c, body_kind *ret, pk_reply_form *ret_form) {
  pk_str boundary;
  if (is_glpi_agent(c->request)) {
    *ret = KIND_GLPI;
    return pk_decoder_check_utf8(c->text, c->d.err);
  } else if (pk_str_starts(c->text, "{")) {
    *ret_form = PK_REPLY_NATIVE;
    return recognise_json(c, ret);
  } else if (pk_str_starts(c->text, "#")) {
    *ret = KIND_TEXT;
  } else if (is_der(c->body)) {
    *ret = KIND_SMIME;
  } else if (pk_form_boundary(c->request->content_type, c->body, &boundary)) {
    *ret = KIND_MULTIPART;
    return pk_form_parse_multipart(c->body, boundary, c->d.arena, &c->form, c->d.err);
  } else if (is_form_like(c->text)) {
    *ret = KIND_URLENCODED;
    return pk_form_parse_urlencoded(c->text, c->d.arena, &c->form, c->d.err);
  } else {
    return pk_err_set(c->d.err, PK_E_SYNTAX,
                      "the body is no report: neither text that begins with '#', nor a form, nor JSON, nor S/MIME");
  }
  return PK_OK;
}

/* --- parameters --- */

/* The value of a parameter: the form's, else the query's. False when neither has it. */
static bool parameter(const choice *c, const char *name, pk_str *ret) {
  return pk_form_find(&c->form, name, ret) || pk_form_find(&c->query, name, ret);
}

static pk_rc check_protocol(const choice *c, body_kind kind) {
  static const char *const BODIES[] = {[KIND_TEXT] = "a text of protocol 5",
                                       [KIND_SMIME] = "an encrypted text of protocol 5",
                                       [KIND_MULTIPART] = "a form (protocol 4)",
                                       [KIND_URLENCODED] = "a form (protocol 4)",
                                       [KIND_NATIVE] = "JSON of protocol 6"};
  static const char OWN[] = {
      [KIND_TEXT] = '5', [KIND_SMIME] = '5', [KIND_MULTIPART] = '4', [KIND_URLENCODED] = '4', [KIND_NATIVE] = '6'};
  bool is_form = kind == KIND_MULTIPART || kind == KIND_URLENCODED;
  pk_str told;
  if (kind == KIND_GLPI) return PK_OK; /* whatever the parameters say, as in Pakiti 3 */
  if (!parameter(c, "protocol", &told) && (is_form || !pk_form_find(&c->query, "version", &told))) return PK_OK;
  if (told.n != 1 || told.p[0] < '4' || told.p[0] > '6')
    return pk_err_set(c->d.err, PK_E_SYNTAX, "protocol '%.*s' is not known: 4 (form), 5 (text) and 6 (JSON) are",
                      PK_FMT(pk_quote(told)));
  if (told.p[0] != OWN[kind])
    return pk_err_set(c->d.err, PK_E_SYNTAX, "the request says protocol %c, but the body is %s", told.p[0], BODIES[kind]);
  return PK_OK;
}

/* `mode`, else its aliases; empty ones count as not given. */
static pk_str told_mode(const choice *c) {
  pk_str told = {0};
  if (parameter(c, "mode", &told) && told.n) return told;
  if (pk_form_find(&c->form, "r", &told) && told.n) return told;
  return parameter(c, "report", &told) ? told : (pk_str){0};
}

static pk_rc take_mode(choice *c) {
  static const struct {
    const char *name, *number;
    pk_report_mode mode;
  } MODES[] = {{"store-only", "0", PK_MODE_STORE_ONLY},
               {"store-and-report", "1", PK_MODE_STORE_AND_REPORT},
               {"report-only", "2", PK_MODE_REPORT_ONLY}};
  pk_str told = pk_str_trim(told_mode(c));
  for (size_t i = 0; told.n && i < sizeof MODES / sizeof MODES[0]; i++)
    if (pk_str_is(told, MODES[i].name) || pk_str_is(told, MODES[i].number)) {
      c->d.report->mode = MODES[i].mode;
      return PK_OK;
    }
  if (told.n == 0) return PK_OK;
  return pk_err_set(c->d.err, PK_E_SYNTAX, "mode '%.*s' is not known: store-only, store-and-report and report-only are",
                    PK_FMT(pk_quote(told)));
}

/* --- decoding --- */

static pk_rc decode_smime(choice *c) {
  pk_str text;
  pk_rc rc = pk_smime_decrypt(&c->d, c->key, c->body, &text);
  if (rc != PK_OK) return rc;
  rc = pk_pakiti3_decode(&c->d, without_bom(text));
  return rc == PK_OK ? PK_OK : pk_smime_refuse(c->d.err);
}

static pk_rc decode_glpi(choice *c) {
  pk_rc rc = pk_glpi_decode(&c->d, c->text);
  if (rc != PK_OK || pk_decoder_header(&c->d, "User-Agent", c->request->user_agent, &c->d.report->client) == PK_OK) return rc;
  return PK_OK; /* an odd User-Agent is no reason to refuse the report */
}

static pk_rc decode_as(choice *c, body_kind kind) {
  switch (kind) {
  case KIND_TEXT:
    return pk_pakiti3_decode(&c->d, without_bom(c->body));
  case KIND_SMIME:
    return decode_smime(c);
  case KIND_MULTIPART:
  case KIND_URLENCODED:
    return pk_pakiti2_decode(&c->d, &c->form);
  case KIND_GLPI:
    return decode_glpi(c);
  case KIND_NATIVE:
    return pk_native_decode(&c->d, c->text);
  case KIND_UNKNOWN:
    break;
  }
  return pk_err_set(c->d.err, PK_E_INTERNAL, "a report of no kind");
}

static pk_reply_form form_of(const choice *c, body_kind kind) {
  pk_str ignored;
  switch (kind) {
  case KIND_MULTIPART:
  case KIND_URLENCODED:
    return parameter(c, "protocol", &ignored) ? PK_REPLY_PAKITI3 : PK_REPLY_PAKITI2;
  case KIND_GLPI:
    return PK_REPLY_GLPI;
  case KIND_NATIVE:
    return PK_REPLY_NATIVE;
  case KIND_TEXT:
  case KIND_SMIME:
  case KIND_UNKNOWN:
    break;
  }
  return PK_REPLY_PAKITI3;
}

static pk_rc check_size(const choice *c) {
  size_t n = c->request->body.n, max = c->d.limits->body_bytes_max;
  if (n == 0) return pk_err_set(c->d.err, PK_E_SYNTAX, "the body is empty");
  if (n > max) return pk_err_set(c->d.err, PK_E_LIMIT, "the body is larger than %zu bytes", max);
  return PK_OK;
}

static pk_rc decode(choice *c, pk_reply_form *ret_form) {
  pk_rc rc = check_size(c);
  if (rc == PK_OK) rc = pk_form_parse_urlencoded(c->request->query, c->d.arena, &c->query, c->d.err);
  if (rc == PK_OK) rc = pk_unpack(&c->d, c->request, &c->body);
  if (rc != PK_OK) return rc;
  c->text = without_blanks_in_front(without_bom(c->body));
  if (c->text.n == 0) return pk_err_set(c->d.err, PK_E_SYNTAX, "the body is empty");
  body_kind kind = KIND_UNKNOWN;
  rc = recognise(c, &kind, ret_form);
  if (kind != KIND_UNKNOWN) *ret_form = form_of(c, kind);
  if (rc == PK_OK) rc = check_protocol(c, kind);
  if (rc == PK_OK) rc = take_mode(c);
  return rc == PK_OK ? decode_as(c, kind) : rc;
}

pk_rc pk_report_decode(const pk_report_request *request, const pk_report_limits *limits, const pk_report_key *key,
                       pk_arena *arena, pk_report *ret, pk_reply_form *ret_form, pk_err *err) {
  pk_report report = {0};
  choice c = {.request = request, .key = key, .d = {limits, arena, &report, err}};
  *ret_form = is_glpi_agent(request) ? PK_REPLY_GLPI : is_json_type(request->content_type) ? PK_REPLY_NATIVE : PK_REPLY_PAKITI3;
  pk_rc rc = decode(&c, ret_form);
  if (rc == PK_OK) *ret = report;
  return rc;
}
