/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

static void test_form_when_encoded_then_all_fields_are_taken(void **state) {
  outcome *o = *state;
  decode_body(o, "type=rpm&host=wn1.example.org&os=Scientific+Linux+6.10&arch=x86_64&tag=grid&kernel=2.6.32-754.el6.x86_64&"
                 "version=4&report=1&proxy=1&site=UGent&ip=192.0.2.9&pkgs=%27bash%27+%270%3a4.1.2%27+%2748.el6%27+%27x86_64%27%0A"
                 "'libstdc%2b%2b' '0:4.4.7' '23.el6' 'x86_64'%0A");
  assert_good(o);
  assert_int_equal(o->report.protocol, PK_PROTOCOL_PAKITI2);
  assert_int_equal(o->form, PK_REPLY_PAKITI2);
  assert_int_equal(o->report.mode, PK_MODE_STORE_AND_REPORT);
  assert_int_equal(o->report.type, PK_TYPE_RPM);
  assert_true(o->report.by_proxy);
  assert_text(o->report.host, "wn1.example.org");
  assert_text(o->report.os, "Scientific Linux 6.10");
  assert_text(o->report.arch, "x86_64");
  assert_text(o->report.tag, "grid");
  assert_text(o->report.site, "UGent");
  assert_text(o->report.ip, "192.0.2.9");
  assert_text(o->report.kernel, "2.6.32-754.el6.x86_64");
  assert_int_equal(o->report.n_packages, 2);
  assert_package(o, 0, "bash", "0:4.1.2-48.el6", "x86_64");
  assert_package(o, 1, "libstdc++", "0:4.4.7-23.el6", "x86_64");
}

static void test_form_when_short_and_long_names_then_short_ones_win(void **state) {
  outcome *o = *state;
  decode_body(o, "host=long&h=short&tag=long&a=short&kernel=long&k=k&os=long&o=short&arch=long&m=short&site=long&s=short&"
                 "type=rpm&t=dpkg&version=3&v=4&report=0&r=1&pkgs='x' '1' '' 'all'&rpms=y&p='a' '1' '' 'all'");
  assert_good(o);
  assert_text(o->report.host, "short");
  assert_text(o->report.tag, "short");
  assert_text(o->report.kernel, "k");
  assert_text(o->report.os, "short");
  assert_text(o->report.arch, "short");
  assert_text(o->report.site, "short");
  assert_int_equal(o->report.type, PK_TYPE_DEB);
  assert_int_equal(o->report.mode, PK_MODE_STORE_AND_REPORT);
  assert_package(o, 0, "a", "1", "all");
}

static void test_list_when_dpkg_then_release_is_joined_only_where_it_is_told(void **state) {
  outcome *o = *state;
  decode_body(o, "type=dpkg&host=h&version=4&pkgs='libc6' '2.36-9%2bdeb12u4' '' 'amd64'\n'bash' '5.2.15' '2' 'amd64'\n");
  assert_good(o);
  assert_package(o, 0, "libc6", "2.36-9+deb12u4", "amd64");
  assert_package(o, 1, "bash", "5.2.15-2", "amd64");
}

static void test_list_when_every_format_then_the_same_packages(void **state) {
  static const struct {
    const char *version, *list;
  } SAMPLES[] = {
      {"1", "<N='bash' V='0:4.2' R='1.el7'/>\n<N='zlib' V='0:1.2' R='3.el7'/>"},
      {"2", "<N=\"bash\" V=\"0:4.2\" R=\"1.el7\"/><n=\"zlib\" v=\"0:1.2\" r=\"3.el7\"/>\n"},
      {"2.0.1", "NEWPAKITIRPM=bash 0:4.2-1.el7 NEWPAKITIRPM=zlib 0:1.2-3.el7 '"},
      {"3", "'bash' '0:4.2' '1.el7'\r\n\r\n'zl\\ib' '0:1.2' '3.el7'\r\n"},
  };
  outcome *o = *state;
  for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
    char body[256];
    snprintf(body, sizeof body, "host=h&version=%s&pkgs=%s", SAMPLES[i].version, SAMPLES[i].list);
    decode_body(o, body);
    assert_good(o);
    assert_int_equal(o->report.n_packages, 2);
    assert_package(o, 0, "bash", "0:4.2-1.el7", "");
    assert_package(o, 1, "zlib", "0:1.2-3.el7", "");
  }
}

static void test_list_when_broken_then_refused_with_its_line(void **state) {
  static const struct {
    const char *version, *list;
  } SAMPLES[] = {
      {"4", "'a' '1' '1' 'x'\n'b' '1' '1'\n'c' '1' '1' 'x'\n"},
      {"4", "'a' '1' '1' 'x'\nb 1 1 x\n"},
      {"4", "'a' '1' '1' 'x'\n'' '1' '1' 'x'\n"},
      {"4", "'a' '1' '1' 'x'\n'b c' '1' '1' 'x'\n"},
      {"4", "'a' '1' '1' 'x'\n'b' '' '1' 'x'\n"},
      {"4", "'a' '1' '1' 'x'\n'b'  '1' '1' 'x'\n"},
      {"3", "'a' '1' '1'\n'b' '1' '1' 'x'\n"},
      {"1", "<N='a' V='1' R='1'/>\n<N='b' V='1'/>"},
      {"1", "<N='a' V='1' R='1'/>\njunk"},
      {"2", "<N=\"a\" V=\"1\" R=\"1\"/>\n<N=\"b\" V=\"1\" R=\"1\">"},
      {"2.1.0", "NEWPAKITIRPM=a 1-1\nNEWPAKITIRPM=b"},
      {"2.1.0", "NEWPAKITIRPM=a 1-1\nb 1-1"},
  };
  outcome *o = *state;
  for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
    char body[256];
    snprintf(body, sizeof body, "host=h&version=%s&pkgs=%s", SAMPLES[i].version, SAMPLES[i].list);
    decode_body(o, body);
    assert_refused(o, PK_E_SYNTAX, "package list line 2: ");
  }
}

static void test_list_when_its_version_is_not_known_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "host=h&version=7&pkgs='a' '1' '1' 'x'");
  assert_refused(o, PK_E_SYNTAX, "version '7' is not known");
}

/* The openssl method of the bash client announces two bytes less than it sends, or more where it counted blanks wrong. */
static void test_last_line_when_cut_off_by_the_client_then_taken_only_with_a_known_architecture(void **state) {
  static const struct {
    const char *last;
    size_t n_packages;
  } SAMPLES[] = {{"'b' '2' '2' 'x86_64", 2},
                 {"'b' '2' '2' 'x86_6", 1},
                 {"'b' '2' '2' '", 1},
                 {"'b' '2' '2'", 1},
                 {"'b' '2' '", 1},
                 {"'b", 1},
                 {"'", 1}};
  outcome *o = *state;
  for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
    char body[256];
    snprintf(body, sizeof body, "host=h&version=4&pkgs=\n'a' '1' '1' 'x86_64'\n%s", SAMPLES[i].last);
    decode_body(o, body);
    assert_good(o);
    assert_int_equal(o->report.n_packages, SAMPLES[i].n_packages);
  }
}

/* Its curl method sends "%2b" for '+' in a multipart form, where nothing is decoded. */
static void test_multipart_when_plus_is_escaped_then_it_is_plus(void **state) {
  outcome *o = *state;
  decode_body(o, "--b0\r\nContent-Disposition: form-data; name=\"host\"\r\n\r\nh\r\n"
                 "--b0\r\nContent-Disposition: form-data; name=\"kernel\"\r\n\r\n6.1%2B\r\n"
                 "--b0\r\nContent-Disposition: form-data; name=\"pkgs\"\r\n\r\n'libstdc%2b%2b' '0:1' '1' 'x'\n\r\n--b0--\r\n");
  assert_good(o);
  assert_text(o->report.kernel, "6.1+");
  assert_package(o, 0, "libstdc++", "0:1-1", "x");
}

static void test_words_when_they_say_nothing_then_not_told(void **state) {
  outcome *o = *state;
  decode_body(o, "host=h&os=unknown&arch=n/a&site=notset&tag=Unknown&pkgs='a' '1' '1' 'x'");
  assert_good(o);
  assert_int_equal(o->report.os.n + o->report.arch.n + o->report.site.n + o->report.tag.n, 0);
}

/* lsb_release's output as the bash client pastes it. */
static void test_os_when_it_holds_tabs_then_blanks(void **state) {
  outcome *o = *state;
  decode_body(o, "host=h&os=\tUbuntu \t18.04&pkgs='a' '1' '1' 'x'");
  assert_good(o);
  assert_text(o->report.os, "Ubuntu 18.04");
}

static void test_type_when_missing_then_rpm_except_on_debian(void **state) {
  outcome *o = *state;
  decode_body(o, "host=h&os=CentOS+7&pkgs='a' '1' '1' 'x'");
  assert_int_equal(o->report.type, PK_TYPE_RPM);
  decode_body(o, "host=h&pkgs='a' '1' '1' 'x'");
  assert_int_equal(o->report.type, PK_TYPE_RPM);
  decode_body(o, "host=h&os=debian+7&pkgs='a' '1' '1' 'x'");
  assert_int_equal(o->report.type, PK_TYPE_UNKNOWN);
  decode_body(o, "host=h&os=Ubuntu+18.04&type=&pkgs='a' '1' '1' 'x'");
  assert_int_equal(o->report.type, PK_TYPE_UNKNOWN);
  assert_good(o);
}

static void test_host_when_it_is_the_kernel_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "host=5.4&kernel=5.4&pkgs='a' '1' '1' 'x'");
  assert_refused(o, PK_E_SYNTAX, "host and kernel are both '5.4'");
}

static void test_host_when_missing_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "os=x&pkgs='a' '1' '1' 'x'");
  assert_refused(o, PK_E_SYNTAX, "does not name its host");
}

static void test_list_when_missing_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "host=h&os=x");
  assert_refused(o, PK_E_SYNTAX, "no packages");
}

static void test_rpm_keys_when_listed_then_skipped(void **state) {
  outcome *o = *state;
  decode_body(o, "host=h&pkgs='gpg-pubkey' '0:fd431d51' '4ae0493b' '0'\n'a' '1' '1' 'x'\n");
  assert_good(o);
  assert_int_equal(o->report.n_packages, 1);
}

static void test_field_when_told_twice_then_the_first_counts(void **state) {
  outcome *o = *state;
  decode_body(o, "host=first&host=second&pkgs='a' '1' '1' 'x'");
  assert_good(o);
  assert_text(o->report.host, "first");
}

static void test_form_when_pakiti3_asks_then_its_reply(void **state) {
  outcome *o = *state;
  decode_body(o, "protocol=4&host=h&pkgs='a' '1' '1' 'x'");
  assert_good(o);
  assert_int_equal(o->form, PK_REPLY_PAKITI3);
  decode_query(o, "host=h&pkgs='a' '1' '1' 'x'", "protocol=4");
  assert_good(o);
  assert_int_equal(o->form, PK_REPLY_PAKITI3);
}

static void test_fields_when_not_utf8_or_with_controls_then_refused(void **state) {
  outcome *o = *state;
  decode_body(o, "host=h&site=K%F6ln&pkgs='a' '1' '1' 'x'");
  assert_refused(o, PK_E_SYNTAX, "'site' holds bytes that are not UTF-8");
  decode_body(o, "host=h%00&pkgs='a' '1' '1' 'x'");
  assert_refused(o, PK_E_SYNTAX, "'host' holds the control character 0x00");
  decode_body(o, "host=h&pkgs='a' '1' '1' 'x'\n'b%F6' '1' '1' 'x'\n");
  assert_refused(o, PK_E_SYNTAX, "package list line 2: holds bytes that are not UTF-8");
  decode_body(o, "host=h&pkgs='a' '1' '1' 'x'\n'b%00' '1' '1' 'x'\n");
  assert_refused(o, PK_E_SYNTAX, "package list line 2: holds a NUL byte");
}

static void test_version_when_joined_too_long_then_limit(void **state) {
  outcome *o = *state;
  char body[600] = "host=h&pkgs='a' '";
  memset(body + strlen(body), '1', 200);
  strcat(body, "' '");
  memset(body + strlen(body), '2', 200);
  strcat(body, "' 'x'");
  decode_body(o, body);
  assert_refused(o, PK_E_LIMIT, "package list line 1: a field of 'a' is longer");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_form_when_encoded_then_all_fields_are_taken),
      TEST(test_form_when_short_and_long_names_then_short_ones_win),
      TEST(test_list_when_dpkg_then_release_is_joined_only_where_it_is_told),
      TEST(test_list_when_every_format_then_the_same_packages),
      TEST(test_list_when_broken_then_refused_with_its_line),
      TEST(test_list_when_its_version_is_not_known_then_refused),
      TEST(test_last_line_when_cut_off_by_the_client_then_taken_only_with_a_known_architecture),
      TEST(test_multipart_when_plus_is_escaped_then_it_is_plus),
      TEST(test_words_when_they_say_nothing_then_not_told),
      TEST(test_os_when_it_holds_tabs_then_blanks),
      TEST(test_type_when_missing_then_rpm_except_on_debian),
      TEST(test_host_when_it_is_the_kernel_then_refused),
      TEST(test_host_when_missing_then_refused),
      TEST(test_list_when_missing_then_refused),
      TEST(test_rpm_keys_when_listed_then_skipped),
      TEST(test_field_when_told_twice_then_the_first_counts),
      TEST(test_form_when_pakiti3_asks_then_its_reply),
      TEST(test_fields_when_not_utf8_or_with_controls_then_refused),
      TEST(test_version_when_joined_too_long_then_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
