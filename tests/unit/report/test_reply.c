/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

static const pk_reply_update UPDATES[] = {
    {.name = {"bash", 4},
     .arch = {"x86_64", 6},
     .installed = {"4.2-1", 5},
     .available = {"4.2-2", 5},
     .security = true,
     .repository = {"updates", 7}},
    {.name = {"zlib", 4}, .arch = {"x86_64", 6}, .installed = {"1.2-1", 5}, .available = {"1.2-3", 5}, .repository = {"base", 4}},
};

static void assert_reply(pk_reply_form form, bool with_updates, const char *wanted) {
  pk_reply reply = {.host = PK_STR("h\"1"), .n_packages = 2, .with_updates = with_updates, .updates = UPDATES, .n_updates = 2};
  pk_buf out;
  pk_buf_init(&out, 4096);
  pk_reply_write(form, &reply, &out);
  assert_string_equal(pk_buf_cstr(&out), wanted);
  pk_buf_free(&out);
}

static void assert_error(pk_reply_form form, const char *text, const char *wanted) {
  pk_err err = {0};
  pk_err_set(&err, PK_E_SYNTAX, "%s", text);
  pk_buf out;
  pk_buf_init(&out, 4096);
  pk_reply_write_error(form, &err, &out);
  assert_string_equal(pk_buf_cstr(&out), wanted);
  pk_buf_free(&out);
}

static void test_pakiti2_when_updates_are_asked_for_then_a_line_each_and_ok(void **state) {
  (void)state;
  assert_reply(PK_REPLY_PAKITI2, true, "bash 4.2-2 SEC 4.2-1\nzlib 1.2-3 ORD 1.2-1\nOK");
  assert_reply(PK_REPLY_PAKITI2, false, "OK");
}

static void test_pakiti3_when_accepted_then_ok_with_a_line_end(void **state) {
  (void)state;
  assert_reply(PK_REPLY_PAKITI3, true, "OK\n");
}

static void test_glpi_when_accepted_then_its_status(void **state) {
  (void)state;
  assert_reply(PK_REPLY_GLPI, true, "{\"status\": \"ok\"}");
}

static void test_native_when_accepted_then_json(void **state) {
  (void)state;
  assert_reply(PK_REPLY_NATIVE, false, "{\"status\":\"ok\",\"host\":\"h\\\"1\",\"packages\":2,\"unchanged\":false}");
  assert_reply(PK_REPLY_NATIVE, true,
               "{\"status\":\"ok\",\"host\":\"h\\\"1\",\"packages\":2,\"unchanged\":false,\"updates\":["
               "{\"name\":\"bash\",\"arch\":\"x86_64\",\"installed\":\"4.2-1\",\"available\":\"4.2-2\",\"security\":true,"
               "\"repository\":\"updates\"},{\"name\":\"zlib\",\"arch\":\"x86_64\",\"installed\":\"1.2-1\","
               "\"available\":\"1.2-3\",\"security\":false,\"repository\":\"base\"}]}");
}

static void test_error_when_text_then_one_line(void **state) {
  (void)state;
  assert_error(PK_REPLY_PAKITI2, "line 3: bad", "ERROR: line 3: bad\n");
  assert_error(PK_REPLY_PAKITI3, "K\xc3\xb6ln", "ERROR: K\xc3\xb6ln\n");
  assert_error(PK_REPLY_PAKITI3, "K\xf6ln\n", "ERROR: K?ln?\n");
}

static void test_error_when_json_then_code_and_message(void **state) {
  (void)state;
  assert_error(PK_REPLY_NATIVE, "x \"y\"", "{\"status\":\"error\",\"error\":\"syntax\",\"message\":\"x \\\"y\\\"\"}");
  assert_error(PK_REPLY_GLPI, "x", "{\"status\":\"error\",\"error\":\"syntax\",\"message\":\"x\"}");
}

static void test_content_type_when_asked_then_of_the_form(void **state) {
  (void)state;
  assert_string_equal(pk_reply_content_type(PK_REPLY_PAKITI2), "text/plain; charset=utf-8");
  assert_string_equal(pk_reply_content_type(PK_REPLY_PAKITI3), "text/plain; charset=utf-8");
  assert_string_equal(pk_reply_content_type(PK_REPLY_GLPI), "application/json");
  assert_string_equal(pk_reply_content_type(PK_REPLY_NATIVE), "application/json");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_pakiti2_when_updates_are_asked_for_then_a_line_each_and_ok),
      cmocka_unit_test(test_pakiti3_when_accepted_then_ok_with_a_line_end),
      cmocka_unit_test(test_glpi_when_accepted_then_its_status),
      cmocka_unit_test(test_native_when_accepted_then_json),
      cmocka_unit_test(test_error_when_text_then_one_line),
      cmocka_unit_test(test_error_when_json_then_code_and_message),
      cmocka_unit_test(test_content_type_when_asked_then_of_the_form),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
