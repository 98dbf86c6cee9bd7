# SPDX-License-Identifier: Apache-2.0
"""`pakiti oval eval`: OVAL's own logic, without a database.

The truth tables are those of the OVAL Language 5.11.2: OperatorEnumeration, CheckEnumeration, ExistenceEnumeration.
"""
import itertools

import pytest
from kit import report_5
from vendors import Oval, criteria, criterion, element, entity, extend, oval, packed

A, B = "CVE-2024-0001", "CVE-2024-0002"
PACKAGES = [("bash", "0:5.1-1.el9", "x86_64"), ("kernel", "0:1-1", "x86_64"), ("kernel", "0:2-1", "x86_64"), ("glibc", "0:2.34-1", "i686"),
            ("glibc", "0:2.34-1", "x86_64")]
RED_HAT = {"packager": "rpm", "system": "Red Hat Enterprise Linux release 9.4 (Plow)", "arch": "x86_64", "kernel": "5.14.0-427.el9.x86_64"}
CENTOS = {**RED_HAT, "system": "CentOS Linux release 7.9.2009 (Core)", "kernel": "3.10.0-1160.el7.x86_64"}
DEBIAN = {"system": "Debian GNU/Linux 12", "kernel": "6.1.0-18-amd64"}


def evaluate(bare, file, *options, packages=PACKAGES, code=0, **host):
    """{definition: (result, why)}"""
    (bare.folder / "file.xml").write_text(file) if isinstance(file, str) else (bare.folder / "file.xml").write_bytes(file)
    report = report_5(packages=packages, **{**RED_HAT, **host})
    rows = bare.tsv("oval", "eval", "file.xml", "-", "--all", *options, stdin=report, code=code)
    assert all(len(row) == 6 for row in rows)
    return {row[1]: (row[4], row[5]) for row in rows}


def result(bare, o, part, *options, **host):
    """What a definition of one part comes to."""
    return evaluate(bare, _with(o, part), *options, **host)["oval:org.example:def:0"][0]


def why(bare, o, part, *options, **host):
    """Result and reason."""
    return evaluate(bare, _with(o, part), *options, **host)["oval:org.example:def:0"]


def _with(o, part):
    o.define(part, number="oval:org.example:def:0", cves=[A])
    return o.file()


@pytest.fixture
def o():
    return Oval()


def leaf(o, wanted, negate=None):
    """A criterion that comes to true, false, unknown or error."""
    return {"T": lambda: o.package("bash", negate=negate), "F": lambda: o.package("no-such-package", negate=negate),
            "U": lambda: o.test("file", o.object("file", entity("path", "/etc/passwd")), negate=negate),
            "E": lambda: criterion("oval:org.example:tst:404", negate)}[wanted]()


WORDS = {"T": "true", "F": "false", "U": "unknown", "E": "error"}


# ---- criteria ----


def expected_of(operator, leaves):
    """The language's tables, written anew from its text."""
    t, f, u, e = (leaves.count(c) for c in "TFUE")
    undecided = "E" if e else "U" if u else ""
    if operator == "AND":
        return "F" if f else undecided or "T"
    if operator == "OR":
        return "T" if t else undecided or "F"
    if operator == "ONE":
        return "F" if t > 1 else undecided or ("T" if t == 1 else "F")
    return undecided or ("T" if t % 2 else "F")


@pytest.mark.parametrize("operator", ["AND", "OR", "ONE", "XOR"])
def test_operator_is_as_in_the_languages_table(bare, o, operator):
    cases = ["".join(c) for n in (1, 2, 3) for c in itertools.combinations_with_replacement("TFUE", n)]
    numbers = {case: o.define(*(leaf(o, c) for c in case), operator=operator) for case in cases}
    said = evaluate(bare, o.file())
    assert {case: said[number][0] for case, number in numbers.items()} == {case: WORDS[expected_of(operator, case)] for case in cases}


@pytest.mark.parametrize("wanted, negated", [("T", "false"), ("F", "true"), ("U", "unknown"), ("E", "error")])
def test_negation_turns_true_and_false_only(bare, o, wanted, negated):
    o.define(leaf(o, "T"))  # the file has tests, whatever is wanted
    inner = o.define(leaf(o, wanted))
    numbers = [o.define(leaf(o, wanted, negate="true")), o.define(criteria("AND", leaf(o, wanted), negate="1")), o.define(extend(inner, negate="true"))]
    plain = [o.define(leaf(o, wanted, negate="false")), o.define(criteria("OR", leaf(o, wanted), negate="0")), o.define(extend(inner, negate="false"))]
    said = evaluate(bare, o.file())
    assert {said[n][0] for n in numbers} == {negated} and {said[n][0] for n in plain} == {WORDS[wanted]}


def test_criteria_may_be_nested(bare, o):
    inner = criteria("OR", leaf(o, "F"), criteria("AND", leaf(o, "T"), criteria("XOR", leaf(o, "T"), leaf(o, "F"))))
    assert result(bare, o, inner) == "true"


def test_criteria_nested_too_deep_are_refused(bare, o):
    tree = leaf(o, "T")
    for _ in range(200):
        tree = criteria("AND", tree)
    o.define(tree)
    assert "deeper than 64 levels" in refused(bare, o.file())


def test_extended_definition_counts_as_its_own_criteria_do(bare, o):
    inner = o.define(leaf(o, "F"), class_="inventory")
    outer = o.define(extend(inner), leaf(o, "T"), operator="OR")
    assert evaluate(bare, o.file()) == {inner: ("false", ""), outer: ("true", "")}


def test_extended_definition_may_come_later(bare, o):
    outer = o.define(extend("oval:org.example:def:900"))
    o.define(leaf(o, "T"), number="oval:org.example:def:900")
    assert evaluate(bare, o.file())[outer] == ("true", "")


def test_extended_definition_that_is_missing_is_an_error_that_says_so(bare, o):
    assert why(bare, o, extend("oval:org.example:def:404")) == ("error", "extends 'oval:org.example:def:404', which is not in the file")


@pytest.mark.parametrize("length", [1, 2, 5])
def test_definitions_that_extend_each_other_in_a_circle_are_errors(bare, o, length):
    for i in range(length):
        o.define(extend(f"oval:org.example:def:{1000 + (i + 1) % length}"), number=f"oval:org.example:def:{1000 + i}")
    said = evaluate(bare, o.file())
    assert {r for r, _ in said.values()} == {"error"} and all("extends itself" in reason for _, reason in said.values())


def test_definitions_that_fan_out_without_end_are_stopped(bare, o):
    """Each extends the one before twice: 2 to the power of 40 tests."""
    last = o.define(leaf(o, "T"))
    for _ in range(40):
        last = o.define(extend(last), extend(last))
    assert evaluate(bare, o.file())[last][0] == "error"


def test_definition_without_criteria_is_an_error(bare, o):
    number = o.define()
    assert evaluate(bare, o.file())[number] == ("error", f"'{number}' has no criteria")


# ---- tests, objects, states ----

KERNELS = [("kernel", "0:1-1", "x86_64"), ("kernel", "0:2-1", "x86_64")]


@pytest.mark.parametrize("check, results", [
    # of two kernels none, one, both are older
    ("all", ["false", "false", "true"]), ("at least one", ["false", "true", "true"]), ("none satisfy", ["true", "false", "false"]),
    ("only one", ["false", "true", "false"]),
])
def test_check_decides_how_many_of_what_was_found_must_be_so(bare, o, check, results):
    numbers = [o.define(o.package("kernel", evr, check=check)) for evr in ("0:1-1", "0:2-1", "0:3-1")]
    said = evaluate(bare, o.file(), packages=KERNELS)
    assert [said[n][0] for n in numbers] == results


@pytest.mark.parametrize("existence, results", [
    # no such package, one, two
    ("at_least_one_exists", ["false", "true", "true"]), ("all_exist", ["false", "true", "true"]), ("any_exist", ["true", "true", "true"]),
    ("none_exist", ["true", "false", "false"]), ("only_one_exists", ["false", "true", "false"]), (None, ["false", "true", "true"]),
])
def test_existence_decides_how_many_must_be_found(bare, o, existence, results):
    numbers = [o.define(o.package(name, check_existence=existence)) for name in ("none", "bash", "kernel")]
    said = evaluate(bare, o.file())
    assert [said[n][0] for n in numbers] == results


@pytest.mark.parametrize("existence, check, results", [
    # nothing found; found and so; found and not so
    ("at_least_one_exists", "at least one", ["false", "true", "false"]), ("any_exist", "all", ["true", "true", "false"]),
    ("any_exist", "none satisfy", ["true", "false", "true"]),
    ("none_exist", "all", ["true", "false", "false"]), ("only_one_exists", "only one", ["false", "true", "false"]),
    (None, "none exist", ["true", "false", "false"]),
])
def test_existence_comes_before_the_check(bare, o, existence, check, results):
    numbers = [o.define(o.package(*wanted, check=check, check_existence=existence)) for wanted in (("none", "0:9-9"), ("bash", "0:9-9"), ("bash", "0:1-1"))]
    said = evaluate(bare, o.file())
    assert [said[n][0] for n in numbers] == results


@pytest.mark.parametrize("operation, wanted, is_so", [
    ("equals", "0:5.1-1.el9", True), ("not equal", "0:5.1-1.el9", False), ("less than", "0:5.1-1.el9", False), ("less than or equal", "0:5.1-1.el9", True),
    ("greater than", "0:5.1~rc1-9.el9", True), ("greater than or equal", "0:5.1^git1-1.el9", False), ("less than", "1:0-1", True),
    ("less than", "0:5.1-1.el9_1", True),
])
def test_versions_are_compared_in_rpm_order(bare, o, operation, wanted, is_so):
    assert result(bare, o, o.package("bash", wanted, operation)) == ("true" if is_so else "false")


@pytest.mark.parametrize("operation, wanted, is_so", [("less than", "0:5.2-1+deb12u1", True), ("less than", "0:5.2-1~bpo1", False),
                                                      ("equals", "0:5.2-1", True), ("less than", "1:0", True)])
def test_versions_are_compared_in_debian_order(bare, o, operation, wanted, is_so):
    part = o.package("bash", wanted, operation, kind="dpkginfo")
    assert result(bare, o, part, packages=[("bash", "5.2-1", "amd64")], packager="dpkg", **DEBIAN) == ("true" if is_so else "false")


FIELDS = [("name", "bash", {}), ("epoch", "0", {}), ("version", "5.1", {}), ("release", "1.el9", {}), ("arch", "x86_64", {}),
          ("arch", "aarch64|x86_64", {"operation": "pattern match"}),
          ("version", "5.1", {"datatype": "version"}), ("version", "5.0.9", {"datatype": "version", "operation": "greater than"}),
          ("epoch", "0", {"datatype": "int"}),
          ("version", "5.09", {"datatype": "float", "operation": "greater than"}), ("name", "BASH", {"operation": "case insensitive equals"}),
          ("release", r"^\d+\.el9$", {"operation": "pattern match"}),
          ("name", "zsh", {"operation": "not equal"}), ("name", "ZSH", {"operation": "case insensitive not equal"})]


@pytest.mark.parametrize("field, value, how", FIELDS, ids=[f"{f}-{'-'.join(h.values())}" for f, _, h in FIELDS])
def test_every_field_of_a_package_can_be_asked_for(bare, o, field, value, how):
    yes = o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), o.state("rpminfo", entity(field, value, **how)))
    assert result(bare, o, yes) == "true"


@pytest.mark.parametrize("operator, result_", [("AND", "false"), ("OR", "true"), ("ONE", "true"), (None, "false")])
def test_operator_of_a_state_holds_among_its_entities(bare, o, operator, result_):
    state = o.state("rpminfo", entity("version", "5.1"), entity("release", "none"), operator=operator)
    assert result(bare, o, o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), state)) == result_


@pytest.mark.parametrize("operator, result_", [("AND", "false"), ("OR", "true"), ("XOR", "true"), (None, "false")])
def test_operator_of_a_test_holds_among_its_states(bare, o, operator, result_):
    states = [o.state("rpminfo", entity("version", v)) for v in ("5.1", "none")]
    assert result(bare, o, o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), *states, state_operator=operator)) == result_


def test_object_may_name_packages_by_a_pattern(bare, o):
    thing = o.object("rpminfo", entity("name", "^(bash|glibc)$", operation="pattern match"))
    assert result(bare, o, o.test("rpminfo", thing, o.state("rpminfo", entity("arch", "i686")), check="only one")) == "true"


@pytest.mark.parametrize("reference, reason", [
    (lambda o: criterion("oval:org.example:tst:404"), "refers to test 'oval:org.example:tst:404', which is not in the file"),
    (lambda o: o.test("rpminfo", "oval:org.example:obj:404"), "a test refers to object 'oval:org.example:obj:404', which is not in the file"),
    (lambda o: o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), "oval:org.example:ste:404"),
     "a test refers to state 'oval:org.example:ste:404', which is not in the file"),
], ids=["test", "object", "state"])
def test_reference_that_leads_nowhere_is_an_error_that_says_so(bare, o, reference, reason):
    o.define(leaf(o, "T"))  # the file has tests
    assert why(bare, o, reference(o)) == ("error", reason)


def test_file_with_references_that_lead_nowhere_is_evaluated_all_the_same(bare, o):
    good, broken = o.define(leaf(o, "T")), o.define(leaf(o, "E"))
    assert evaluate(bare, o.file()).keys() == {good, broken}


@pytest.mark.parametrize("part, host, reason", [
    (lambda o: leaf(o, "U"), {}, "no report answers a test of this kind"),
    (lambda o: o.test("uname", o.object("uname"), o.state("uname", entity("os_release", "5"))), {"kernel": None}, "the report does not say which kernel runs"),
    (lambda o: o.text("/etc/passwd", "^root:"), {}, "reports do not have the content of such files"),
    (lambda o: o.test("rpmverifyfile", o.object("rpmverifyfile", entity("filepath", "/bin/sh"))), {}, "reports do not say to which package a file belongs"),
    (lambda o: o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), o.state("rpminfo", entity("extended_name", "x"))), {},
     "a test asks for a property that reports do not have"),
    (lambda o: o.test("rpminfo", o.put("objects", "obj", "rpminfo_object", element("set", element("object_reference", "x")))), {},
     "is a set or has a filter, which is not supported"),
    (lambda o: o.test("rpminfo", o.put("objects", "obj", "rpminfo_object", entity("name", "bash"), element("filter", "x"))), {},
     "is a set or has a filter, which is not supported"),
    (lambda o: o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), o.state("rpminfo", element("version", var_ref=o.variable(kind="external")))),
     {}, "a variable is not defined in the file"),
    (lambda o: o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), o.state("rpminfo", element("version", var_ref="oval:org.example:var:404"))), {},
     "a variable is not defined in the file"),
], ids=["kind", "kernel", "file", "owner", "field", "set", "filter", "external", "no-variable"])
def test_what_a_report_cannot_say_is_unknown_and_told_why(bare, o, part, host, reason):
    said = why(bare, o, part(o), **host)
    assert said[0] == "unknown" and reason in said[1]


def test_pattern_that_is_none_is_an_error(bare, o):
    part = o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), o.state("rpminfo", entity("version", "(", operation="pattern match")))
    assert result(bare, o, part) == "error"


def test_pattern_that_would_take_for_ever_is_stopped(bare, o):
    part = o.test("rpminfo", o.object("rpminfo", entity("name", "a" * 60 + "!")), o.state("rpminfo", entity("name", "^(a+)+$", operation="pattern match")))
    assert result(bare, o, part, packages=[("a" * 60 + "!", "0:1-1", "noarch")]) in ("error", "false")


@pytest.mark.parametrize("part, is_so", [
    (lambda o: o.test("family", o.object("family"), o.state("family", entity("family", "unix"))), True),
    (lambda o: o.test("family", o.object("family"), o.state("family", entity("family", "windows"))), False),
    (lambda o: o.test("uname", o.object("uname"), o.state("uname", entity("os_release", r"^5\.14\.0-427\.", operation="pattern match"))), True),
    (lambda o: o.test("uname", o.object("uname"), o.state("uname", entity("machine_class", "x86_64"))), True),
    (lambda o: o.test("uname", o.object("uname"), o.state("uname", entity("processor_type", "aarch64"))), False),
    (lambda o: o.package("bash", "0:9-9", kind="dpkginfo"), False),
    (lambda o: o.release("rhel:9"), True), (lambda o: o.release("rhel:8"), False),
    (lambda o: o.text("/etc/redhat-release", "release 9"), True), (lambda o: o.text("/etc/os-release", '^ID="?rhel'), True),
    (lambda o: o.text("/etc/debian_version", "12"), False),
], ids=["family", "no-family", "kernel", "machine", "no-processor", "other-packages", "release", "no-release", "release-file", "os-release", "no-file"])
def test_what_a_report_says_of_the_system_is_answered(bare, o, part, is_so):
    assert result(bare, o, part(o)) == ("true" if is_so else "false")


# ---- variables ----


def text(value):
    return element("literal_component", value)


def function(name, *parts, **attributes):
    return element(name, *parts, **attributes)


def from_package(o, field, name="bash"):
    return element("object_component", object_ref=o.object("rpminfo", entity("name", name)), item_field=field)


FUNCTIONS = {
    "literal": (lambda o: [text("a")], ["a"]),
    "constant": (lambda o: [element("variable_component", var_ref=o.constant("a", "b"))], ["a", "b"]),
    "object": (lambda o: [from_package(o, "version")], ["5.1"]),
    "object-several": (lambda o: [from_package(o, "evr", "kernel")], ["0:1-1", "0:2-1"]),
    "concat": (lambda o: [function("concat", text("v"), from_package(o, "version"), text("."))], ["v5.1."]),
    "concat-all": (lambda o: [function("concat", element("variable_component", var_ref=o.constant("a", "b")),
                                       element("variable_component", var_ref=o.constant("1", "2")))],
                   ["a1", "a2", "b1", "b2"]),
    "regex": (lambda o: [function("regex_capture", from_package(o, "evr"), pattern=r"^\d+:([\d.]+)-")], ["5.1"]),
    "regex-not-found": (lambda o: [function("regex_capture", text("abc"), pattern="x(.)")], [""]),
    "substring": (lambda o: [function("substring", text("abcdef"), substring_start=2, substring_length=3)], ["bcd"]),
    "substring-long": (lambda o: [function("substring", text("abc"), substring_start=2, substring_length=99)], ["bc"]),
    "add": (lambda o: [function("arithmetic", text("2"), text("3"), text("4"), arithmetic_operation="add")], ["9"]),
    "multiply": (lambda o: [function("arithmetic", text("2"), text("3"), text("4"), arithmetic_operation="multiply")], ["24"]),
    "split": (lambda o: [function("split", text("a,b,c"), delimiter=",")], ["a", "b", "c"]),
    "begin": (lambda o: [function("begin", text("bin"), character="/")], ["/bin"]),
    "begin-there": (lambda o: [function("begin", text("/bin"), character="/")], ["/bin"]),
    "end": (lambda o: [function("end", text("usr"), character="/")], ["usr/"]),
    "escape": (lambda o: [function("escape_regex", text("a.b+"))], [r"a\.b\+"]),
    "unique": (lambda o: [function("unique", element("variable_component", var_ref=o.constant("a", "b", "a")))], ["a", "b"]),
    "count": (lambda o: [function("count", from_package(o, "evr", "kernel"))], ["2"]),
    "count-none": (lambda o: [function("count", from_package(o, "evr", "no-such-package"))], ["0"]),
    "nested": (lambda o: [function("concat", function("begin", function("substring", text("xyz"), substring_start=2, substring_length=1), character="-"),
                                   text("!"))], ["-y!"]),
}


def values_are(o, variable, values):
    """Has the variable exactly these?"""
    thing = o.object("variable", entity("var_ref", variable))
    each = [o.test("variable", thing, o.state("variable", entity("value", v))) for v in values]
    among = [o.state("variable", entity("value", v)) for v in values]
    return criteria("AND", *each, o.test("variable", thing, *among, check="all", state_operator="OR"))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_variables_are_as_in_the_language(bare, o, name):
    make, values = FUNCTIONS[name]
    variable = o.variable(*make(o))
    good, bad = o.define(values_are(o, variable, values)), o.define(values_are(o, variable, [*values[:-1], "something else"]))
    said = evaluate(bare, o.file())
    assert (said[good], said[bad][0]) == (("true", ""), "false")


@pytest.mark.parametrize("check, result_", [("all", "false"), ("at least one", "true"), ("none satisfy", "false"), ("only one", "true")])
def test_check_among_the_values_of_a_variable(bare, o, check, result_):
    state = o.state("rpminfo", element("version", var_ref=o.constant("5.1", "5.2", "5.3"), var_check=check))
    assert result(bare, o, o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), state)) == result_


def test_object_takes_names_from_a_variable(bare, o):
    thing = o.object("rpminfo", element("name", var_ref=o.constant("none", "glibc"), var_check="at least one"))
    assert result(bare, o, o.test("rpminfo", thing, o.state("rpminfo", entity("version", "2.34")), check="all")) == "true"


def test_pattern_may_come_from_a_variable(bare, o):
    pattern = o.variable(function("concat", text("release "), text("[89]")))
    thing = o.object("textfilecontent54", entity("filepath", "/etc/redhat-release"), element("pattern", var_ref=pattern, operation="pattern match"),
                     entity("instance", "1", datatype="int"))
    assert result(bare, o, o.test("textfilecontent54", thing)) == "true"


@pytest.mark.parametrize("length", [1, 2, 3])
def test_variables_that_are_made_of_each_other_in_a_circle_have_no_value(bare, o, length):
    """Their numbers are known beforehand, as they are put in first."""
    ids = [f"oval:org.example:var:{i + 1}" for i in range(length)]
    for i in range(length):
        assert o.variable(element("variable_component", var_ref=ids[(i + 1) % length])) == ids[i]
    state = o.state("rpminfo", element("version", var_ref=ids[0]))
    assert result(bare, o, o.test("rpminfo", o.object("rpminfo", entity("name", "bash")), state)) in ("unknown", "error")


def test_arithmetic_on_what_is_no_number_is_an_error(bare, o):
    variable = o.variable(function("arithmetic", text("a"), text("1"), arithmetic_operation="add"))
    assert result(bare, o, values_are(o, variable, ["1"])) == "error"


def test_variable_of_too_many_combinations_is_stopped(bare, o):
    many = o.constant(*(str(i) for i in range(1000)))
    parts = [element("variable_component", var_ref=many)] * 4
    assert result(bare, o, values_are(o, o.variable(function("concat", *parts)), ["1"])) != "true"


# ---- the vendors' ways ----


def red_hat(o, fixed="0:5.1-2.el9"):
    """Red Hat's frame: "must be installed" OR (release AND package)."""
    owner = o.state("rpmverifyfile", entity("name", "^redhat-release", operation="pattern match"))
    must = o.test("rpmverifyfile", o.object("rpmverifyfile", entity("filepath", "/etc/redhat-release")), owner, check="none satisfy")
    version = o.state("rpmverifyfile", entity("name", "^redhat-release", operation="pattern match"), entity("version", r"^9[^\d]", operation="pattern match"))
    release = o.test("rpmverifyfile", o.object("rpmverifyfile", entity("filepath", "/etc/redhat-release")), version)
    return criteria("OR", must, criteria("AND", release, o.package("bash", fixed, signed="199e2f91fd431d51")))


@pytest.mark.parametrize("host, expected", [(RED_HAT, "true"), ({**RED_HAT, "system": "Rocky Linux release 9.4 (Blue Onyx)"}, "false"),
                                            ({**RED_HAT, "system": "AlmaLinux release 9.4"}, "false"),
                                            ({**RED_HAT, "system": "Red Hat Enterprise Linux release 8.9"}, "false")], ids=["rhel9", "rocky", "alma", "rhel8"])
def test_red_hats_must_be_installed_is_not_true_on_a_clone(bare, o, host, expected):
    assert result(bare, o, red_hat(o), **host) == expected


@pytest.mark.parametrize("release_package, expected", [(("redhat-release", "0:9.4-0.4.el9", "x86_64"), "true"),
                                                       (("rocky-release", "0:9.4-1.el9", "noarch"), "false")])
def test_release_package_of_the_report_decides(bare, o, release_package, expected):
    system = "Rocky Linux release 9.4" if "rocky" in release_package[0] else RED_HAT["system"]
    assert result(bare, o, red_hat(o), packages=[*PACKAGES, release_package], system=system) == expected


def test_as_lets_a_rebuild_answer_for_what_it_is_built_from(bare, o):
    part = o.release("rhel:7")
    packages = [*PACKAGES, ("centos-release", "0:7-9.2009.1.el7.centos", "x86_64")]
    assert result(bare, o, part, packages=packages, **CENTOS) == "false"
    assert result(bare, o, part, "--as", "rhel:7.9", packages=packages, **CENTOS) == "true"
    assert result(bare, o, part, "--as", "rhel:8", packages=packages, **CENTOS) == "false"


@pytest.mark.parametrize("options, results", [
    ((), ["true", "false"]), (("--signed-with", "any"), ["true", "true"]), (("--signed-with", "fd372689897da07a"), ["false", "true"]),
    (("--signed-with", "0" * 16), ["false", "false"]),
], ids=["default", "any", "other", "nobody"])
def test_signatures_are_taken_as_the_asker_says(bare, o, options, results):
    """Reports do not say by whom packages are signed. Not told: by the key that the file asks for most."""
    often, seldom = "199e2f91fd431d51", "fd372689897da07a"
    numbers = [o.define(o.package("bash", "0:9-9", signed=often)), o.define(o.package("bash", "0:9-9", signed=seldom))]
    o.define(o.package("kernel", "0:9-9", signed=often))
    said = evaluate(bare, o.file(), *options)
    assert [said[n][0] for n in numbers] == results


@pytest.mark.parametrize("options, expected", [((), "false"), (("--manifest",), "true")])
def test_packages_answer_for_a_manifest_when_that_is_asked(bare, o, options, expected):
    """Ubuntu's definitions for container images look into the image's list."""
    version = o.state("textfilecontent54", entity("subexpression", "0:5.2-2", datatype="debian_evr_string", operation="less than"))
    thing = o.object("textfilecontent54", entity("path", "."), entity("filename", "manifest"),
                     entity("pattern", r"^bash(?::\w+|)\s+(.*)$", operation="pattern match"),
                     entity("instance", "1", datatype="int", operation="greater than or equal"))
    part = o.test("textfilecontent54", thing, version)
    assert result(bare, o, part, *options, packages=[("bash", "5.2-1", "amd64")], packager="dpkg", system="Ubuntu 22.04",
                  kernel="5.15.0-100-generic") == expected


def comments(*texts, operator="AND"):
    """A definition as Pakiti 3's local ones: only comments say what is meant."""
    o = Oval()
    o.define(*(criterion(f"oval:org.example:tst:{i}", comment=text) for i, text in enumerate(texts)), cves=[A], number="oval:org.example:def:0",
             operator=operator)
    return o.file()


@pytest.mark.parametrize("texts, expected", [
    (("Red Hat Enterprise Linux 9 is installed", "bash is earlier than 0:5.1-2.el9"), "true"),
    (("Red Hat Enterprise Linux 9 is installed", "bash is earlier than 0:5.1-1.el9"), "false"),
    (("Red Hat Enterprise Linux 8 is installed", "bash is earlier than 0:5.1-2.el9"), "false"),
    (("Rocky Linux 9 is installed", "bash is earlier than 0:5.1-2.el9"), "false"),
    (("bash is earlier than 0:5.1-2.el9", "bash is signed with Red Hat redhatrelease2 key"), "true"), (("none is earlier than 0:5.1-2.el9",), "false"),
], ids=["hit", "fixed", "other-release", "other-system", "signed", "other-package"])
def test_definitions_without_tests_are_understood_by_their_comments(bare, texts, expected):
    assert evaluate(bare, comments(*texts))["oval:org.example:def:0"][0] == expected


def test_comment_that_names_an_unknown_system_is_unknown(bare):
    said = evaluate(bare, comments("BeOS 5 is installed", "bash is earlier than 0:5.1-2.el9"))["oval:org.example:def:0"]
    assert said == ("unknown", "'BeOS 5 is installed': the system is not known")


def test_definitions_without_tests_are_verdicts_of_a_feed(pakiti):
    (pakiti.folder / "local.xml").write_text(comments("Red Hat Enterprise Linux 9 is installed", "bash is earlier than 0:5.1-2.el9"))
    pakiti.add_feed("local", str(pakiti.folder / "local.xml"), type="oval", platform="rhel:9")
    pakiti.run("sync")
    assert pakiti.vulnerable(report_5(packages=PACKAGES, **RED_HAT)) == {("bash", A): ("fixed", "0:5.1-2.el9", "local")}


def test_deprecated_definition_is_evaluated_but_no_verdict_of_a_feed(pakiti, o):
    number = o.define(leaf(o, "T"), deprecated="true", cves=[A])
    o.define(leaf(o, "T"), cves=[B])
    assert evaluate(pakiti, o.file())[number] == ("true", "")
    pakiti.add_feed("o", str(pakiti.folder / "file.xml"), type="oval", platform="rhel:9")
    pakiti.run("sync")
    assert set(pakiti.vulnerable(report_5(packages=PACKAGES, **RED_HAT))) == {("bash", B)}


# ---- forms ----


def test_only_true_definitions_are_printed_unless_all_are_wanted(bare, o):
    good = o.define(leaf(o, "T"), cves=[A, B], class_="vulnerability")
    for other in "FUE":
        o.define(leaf(o, other))
    (bare.folder / "file.xml").write_text(o.file())
    report = report_5(packages=PACKAGES, **RED_HAT)
    assert bare.run("oval", "eval", "file.xml", "-", stdin=report).stdout == f"definition\t{good}\tvulnerability\t{A},{B}\n"
    assert [row[4] for row in bare.tsv("oval", "eval", "file.xml", "-", "--all", stdin=report)] == ["true", "false", "unknown", "error"]
    assert bare.json("oval", "eval", "file.xml", "-", stdin=report) == [{"kind": "definition", "definition": good, "class": "vulnerability",
                                                                         "cves": f"{A},{B}"}]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst"])
def test_file_may_be_compressed_whatever_its_name(bare, suffix):
    text = oval({A: ("bash", "0:5.1-2.el9")}, "rhel:9")
    assert evaluate(bare, packed(text, suffix)) == evaluate(bare, text) != {}


def refused(bare, file, code=3):
    """What is told of a file that is none: one line, nothing else."""
    (bare.folder / "file.xml").write_text(file) if isinstance(file, str) else (bare.folder / "file.xml").write_bytes(file)
    done = bare.run("oval", "eval", "file.xml", "-", stdin=report_5(packages=PACKAGES, **RED_HAT), code=code)
    assert done.stdout == "" and done.stderr.startswith("pakiti: file.xml: ") and done.stderr.count("\n") == 1
    return done.stderr


GOOD = oval({A: ("bash", "0:5.1-2.el9")}, "rhel:9")
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


@pytest.mark.parametrize("file, says", [
    ("", "XML"), ("hello\n", "XML"), (GOOD[:len(GOOD) // 2], "XML"), (GOOD.replace("</tests>", "</test>"), "XML"), ("<html><body/></html>", "'html'"),
    ("{}", "XML"),
    (GOOD.replace("?>", '?><!DOCTYPE a [<!ENTITY b "c">]>', 1), "DOCTYPE"),
    (GOOD.replace("?>", f'?><!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>', 1).replace("A flaw", "&l9;"), "DOCTYPE"),
    (GOOD.replace("?>", '?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', 1).replace("A flaw", "&b;"), "DOCTYPE"),
    (GOOD.replace("A flaw", "&undefined;"), "XML line"),
    ("<oval_definitions>" + "<a>" * 100000, "nested deeper"), (b"\xff\xfe\x00\x01", "XML"), (GOOD.replace("A flaw", "A \x01 flaw"), "XML line"),
    (GOOD.encode().replace(b"A flaw", b"A fl\xe4w"), "XML line"), (packed(GOOD, ".gz")[:-20], ""), (packed(b" " * (64 << 20), ".gz"), ""),
], ids=["empty", "text", "half", "crossed", "html", "json", "doctype", "laughs", "external", "undefined", "deep", "binary", "control", "encoding", "short-gz",
        "bomb"])
def test_file_that_is_none_is_refused_in_one_line(bare, file, says):
    assert says in refused(bare, file)


def test_file_in_another_encoding_that_it_declares_is_read(bare):
    text = GOOD.replace("UTF-8", "ISO-8859-1").encode("iso-8859-1").replace(b"A flaw", b"A fl\xe4w")
    assert [r for r, _ in evaluate(bare, text).values()] == ["true"]


def test_report_may_come_in_any_form_but_must_be_one(bare):
    (bare.folder / "file.xml").write_text(GOOD)
    (bare.folder / "report").write_text("hello")
    done = bare.run("oval", "eval", "file.xml", "report", code=3)
    assert done.stderr.startswith("pakiti: report: ") and done.stdout == ""


def test_definition_of_which_no_comment_is_understood_is_not_true(bare):
    assert evaluate(bare, comments("bash package in jammy is affected and needs fixing."))["oval:org.example:def:0"][0] != "true"


def test_definitions_without_tests_are_understood_for_deb_hosts(bare):
    said = evaluate(bare, comments("Debian GNU/Linux 12 is installed", "bash is earlier than 5.2-2"), packages=[("bash", "5.2-1", "amd64")], packager="dpkg",
                    system="Debian GNU/Linux 12", kernel="6.1.0-18-amd64")
    assert said["oval:org.example:def:0"][0] == "true"
