# SPDX-License-Identifier: Apache-2.0
"""Small documents of our own in the vendors' forms, what they are packed in, and how vendors' servers hand them out.

What makes a document returns text; what makes a part of one returns that part. Nothing here checks anything: a test may ask
for a document that no vendor would write.
"""
import bz2
import email.utils
import gzip
import hashlib
import io
import json
import lzma
import tarfile
import zipfile
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from repositories import send, tool

# ---- OVAL ----


def element(name, *content, **attributes):
    """XML; content is XML already. Attributes that are None are left out, an underscore at the end of a name goes."""
    text = "".join(f" {key.rstrip('_')}={quoteattr(str(value))}" for key, value in attributes.items() if value is not None)
    return f"<{name}{text}>{''.join(content)}</{name}>" if content else f"<{name}{text}/>"


def criteria(operator, *parts, negate=None):
    return element("criteria", *parts, operator=operator, negate=negate)


def extend(definition, negate=None):
    return element("extend_definition", definition_ref=definition, negate=negate)


def criterion(test="", negate=None, comment=""):
    return element("criterion", test_ref=test, negate=negate, comment=comment)


def entity(name, value="", **attributes):
    """Of an object or a state: a field and what it should be."""
    return element(name, escape(value), **attributes)


RELEASE_PACKAGES = {"rhel:6": "redhat-release-server", "rhel:7": "redhat-release-server", "rhel": "redhat-release", "sles": "sles-release",
                    "ol": "oraclelinux-release"}


class Oval:
    """A file of OVAL definitions; what is put into it gets an id, by which others refer to it."""

    def __init__(self, space="org.example"):
        self.space, self.numbers = space, count(1)
        self.sections = {name: [] for name in ("definitions", "tests", "objects", "states", "variables")}

    def put(self, section, short, name, *content, **attributes):
        number = f"oval:{self.space}:{short}:{next(self.numbers)}"
        self.sections[section].append(element(name, *content, id=number, version=1, **attributes))
        return number

    def object(self, kind, *entities):
        return self.put("objects", "obj", f"{kind}_object", *entities)

    def state(self, kind, *entities, operator=None):
        return self.put("states", "ste", f"{kind}_state", *entities, operator=operator)

    def variable(self, *content, kind="local", datatype="string"):
        return self.put("variables", "var", f"{kind}_variable", *content, datatype=datatype)

    def constant(self, *values):
        return self.variable(*(element("value", escape(v)) for v in values), kind="constant")

    def test(self, kind, object_, *states, check="at least one", negate=None, **attributes):
        """A test, and the criterion that refers to it."""
        refs = [element("object", object_ref=object_)] if object_ else []
        refs += [element("state", state_ref=s) for s in states]
        return criterion(self.put("tests", "tst", f"{kind}_test", *refs, check=check, **attributes), negate)

    def package(self, name, evr=None, operation="less than", kind="rpminfo", arch=None, signed=None, **attributes):
        """Is the package there, and of such a version?"""
        states = []
        datatype = "debian_evr_string" if kind == "dpkginfo" else "evr_string"
        entities = [entity("evr", evr, datatype=datatype, operation=operation)] if evr else []
        entities += [entity("arch", arch, operation="pattern match")] if arch else []
        if entities:
            states.append(self.state(kind, *entities))
        criterion_ = self.test(kind, self.object(kind, entity("name", name)), *states, **attributes)
        if not signed:
            return criterion_
        key = self.state(kind, entity("signature_keyid", signed))
        return criteria("AND", criterion_, self.test(kind, self.object(kind, entity("name", name)), key))

    def release(self, platform):
        """Is the host of this rpm platform? "rhel:7" """
        system, release = platform.split(":")
        state = self.state("rpminfo", entity("version", f"^{release}(\\D|$)", operation="pattern match"))
        name = RELEASE_PACKAGES.get(platform) or RELEASE_PACKAGES[system]
        return self.test("rpminfo", self.object("rpminfo", entity("name", name)), state)

    def text(self, path, pattern, *states, **attributes):
        """Has the file a line of this form?"""
        thing = self.object("textfilecontent54", entity("filepath", path), entity("pattern", pattern, operation="pattern match"),
                            entity("instance", "1", datatype="int"))
        return self.test("textfilecontent54", thing, *states, **attributes)

    def define(self, *parts, class_="patch", cves=(), advisory=None, title="A flaw", severity="Important", unfixed=None, deprecated=None, number=None,
               operator="AND"):
        """A definition that is true when all parts are; its id. `unfixed`: {state in Red Hat's words: components}"""
        references = [element("reference", ref_id=advisory, source="RHSA")] if advisory else []
        references += [element("reference", ref_id=cve, source="CVE") for cve in cves]
        resolutions = [element("resolution", *(element("component", c) for c in components), state=state)
                       for state, components in (unfixed or {}).items()]
        about = element("advisory", element("severity", severity), element("issued", date="2024-01-02"), *(element("cve", c) for c in cves),
                        *([element("affected", *resolutions)] if resolutions else []))
        number = number or f"oval:{self.space}:def:{next(self.numbers)}"
        tree = [criteria(operator, *parts)] if parts else []
        self.sections["definitions"].append(element("definition", element("metadata", element("title", escape(title)), *references, about), *tree,
                                                    class_=class_, id=number, version=1, deprecated=deprecated))
        return number

    def file(self):
        body = "".join(element(name, *parts) for name, parts in self.sections.items() if parts)
        root = element("oval_definitions", body, xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'


def oval(packages, platform=None, kind="rpminfo", **more):
    """One definition a CVE, which keeps its id from file to file: {cve: (package, fixed version)}."""
    o = Oval()
    for cve, (name, evr) in packages.items():
        number = f"oval:{o.space}:def:{cve.replace('-', '')[3:]}"
        o.define(*([o.release(platform)] if platform else []), o.package(name, evr, kind=kind), cves=[cve], number=number, **more)
    return o.file()


# ---- OSV ----


def osv_package(ecosystem, name, fixed=None, introduced="0", **members):
    events = [{"introduced": introduced}] + ([{"fixed": fixed}] if fixed else [])
    return {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}], **members}


def osv(name, *affected, cves=(), **members):
    return json.dumps({"schema_version": "1.7.3", "id": name, "published": "2024-01-02T03:04:05Z", "summary": f"Important: {name}", "upstream": list(cves),
                       "affected": list(affected), **members})


# ---- CSAF ----

RHEL = {8: "cpe:/o:redhat:enterprise_linux:8::baseos", 9: "cpe:/o:redhat:enterprise_linux:9::baseos"}


def eus(release):
    return f"cpe:/a:redhat:rhel_eus:{release}::appstream"


def csaf(cve, fixed=(), affected=(), not_affected=(), severity="Important"):
    """Red Hat's statement on a CVE. fixed: (platform's CPE, package, EPOCH:VERSION-RELEASE, arch, advisory);
    affected: (CPE, source package, details of the missing fix); not_affected: (CPE, source package)."""
    platforms, packages, relations, remediations = {}, {}, {}, []
    status = {"fixed": [], "known_affected": [], "known_not_affected": []}

    def product(cpe, name, purl, where):
        platform = platforms.setdefault(cpe, f"platform-{len(platforms)}")
        packages[name] = purl
        both = f"{platform}:{name}"
        relations[both] = (platform, name)
        status[where].append(both)
        return both

    for cpe, name, evr, arch, advisory in fixed:
        epoch, rest = evr.split(":", 1) if ":" in evr else ("0", evr)
        both = product(cpe, f"{name}-{epoch}:{rest}.{arch}", f"pkg:rpm/redhat/{name}@{rest.replace('+', '%2B')}?arch={arch}&epoch={epoch}", "fixed")
        remediations.append({"category": "vendor_fix", "url": f"https://access.redhat.com/errata/{advisory}", "product_ids": [both]})
    for cpe, name, details in affected:
        both = product(cpe, name, f"pkg:rpm/redhat/{name}?arch=src", "known_affected")
        category = "no_fix_planned" if details in ("Will not fix", "Out of support scope") else "none_available"
        remediations.append({"category": category, "details": details, "product_ids": [both]})
    for cpe, name in not_affected:
        product(cpe, name, f"pkg:rpm/redhat/{name}?arch=src", "known_not_affected")
    branches = [{"category": "product_name", "name": key, "product": {"name": key, "product_id": key, "product_identification_helper": {"cpe": cpe}}}
                for cpe, key in platforms.items()]
    branches += [{"category": "product_version", "name": key, "product": {"name": key, "product_id": key, "product_identification_helper": {"purl": purl}}}
                 for key, purl in packages.items()]
    return json.dumps({
        "document": {"category": "csaf_vex", "csaf_version": "2.0", "title": f"Red Hat's statement on {cve}", "aggregate_severity": {"text": severity},
                     "tracking": {"id": cve, "initial_release_date": "2024-01-02T00:00:00+00:00", "status": "final"}},
        "product_tree": {"branches": [{"category": "vendor", "name": "Red Hat", "branches": branches}],
                         "relationships": [{"category": "default_component_of", "full_product_name": {"name": both, "product_id": both},
                                            "product_reference": package, "relates_to_product_reference": platform}
                                           for both, (platform, package) in relations.items()]},
        "vulnerabilities": [{"cve": cve, "title": f"flaw {cve}", "product_status": status, "remediations": remediations}]})


# ---- OpenVEX ----


def vex_statement(cve, status, *purls, **members):
    return {"vulnerability": {"@id": f"https://example.org/{cve}", "name": cve}, "timestamp": "2024-01-02T03:04:05Z", "status": status,
            "products": [{"@id": purl} for purl in purls], **members}


def openvex(*statements):
    return json.dumps({"@context": "https://openvex.dev/ns/v0.2.0", "timestamp": "2024-01-02T03:04:05Z", "statements": list(statements)})


# ---- Debian ----


def tracker_release(status="open", fixed=None, urgency="not yet assigned", **members):
    return {"status": status, "repositories": {}, "urgency": urgency, **({"fixed_version": fixed} if fixed else {}), **members}


def tracker(packages):
    """{source package: {cve: {codename: tracker_release(…)}}}"""
    return json.dumps({name: {cve: {"description": f"flaw {cve}", "scope": "remote", "releases": releases} for cve, releases in cves.items()}
                       for name, cves in packages.items()})


def dsa(name, package, codename_versions, cves=(), date="02 Jan 2024"):
    """An advisory as the lists have it."""
    lines = [f"[{date}] {name} {package} - security update\n"] + ([f"\t{{{' '.join(cves)}}}\n"] if cves else [])
    return "".join(lines + [f"\t[{codename}] - {package} {version}\n" for codename, version in codename_versions.items()])


# ---- what is known of CVEs and releases ----


def kev(*cves, ransomware="Unknown", added="2024-02-03"):
    return json.dumps({"title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2024.02.03", "count": len(cves), "vulnerabilities": [
        {"cveID": cve, "vendorProject": "Example", "product": "Example", "vulnerabilityName": f"flaw {cve}", "dateAdded": added,
         "knownRansomwareCampaignUse": ransomware} for cve in cves]})


def epss(scores):
    """{cve: (probability, percentile)}"""
    return "#model_version:v2023.03.01,score_date:2024-02-03T00:00:00+0000\ncve,epss,percentile\n" + "".join(
        f"{cve},{score},{rank}\n" for cve, (score, rank) in scores.items())


def cve5(cve, title="Example overflows", score=9.8, state="PUBLISHED"):
    return json.dumps({"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {"cveId": cve, "state": state}, "containers": {
        "cna": {"title": title, "metrics": [{"format": "CVSS", "cvssV3_1": {"version": "3.1", "baseScore": score,
                                                                            "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}]},
        "adp": [{"title": "CISA ADP Vulnrichment", "metrics": [{"other": {"type": "ssvc", "content": {"options": [
            {"Exploitation": "active"}, {"Automatable": "yes"}, {"Technical Impact": "total"}]}}}]}]}})


def eol(*releases, product="debian"):
    """(name, end of support)"""
    return json.dumps({"schema_version": "1.2.0", "result": [{"name": product, "releases": [
        {"name": name, "releaseDate": "2023-06-10", "isEol": False, "eolFrom": end} for name, end in releases]}]})


# ---- what documents come in ----


def packed(text, suffix=""):
    """As the vendors compress single files."""
    data = text if isinstance(text, bytes) else text.encode()
    compressors = {"": bytes, ".gz": lambda b: gzip.compress(b, mtime=0), ".bz2": bz2.compress, ".xz": lzma.compress,
                   ".zst": lambda b: tool("zstd", "-q", "-c", stdin=b)}
    return compressors[suffix](data)


def archive(documents, form="tar.gz"):
    """{name: text} in a tar (tar, tar.gz, tar.bz2, tar.xz, tar.zst) or a zip."""
    out = io.BytesIO()
    contents = {name: text if isinstance(text, bytes) else text.encode() for name, text in documents.items()}
    if form == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            for name, content in contents.items():
                z.writestr(zipfile.ZipInfo(name), content)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed(out.getvalue(), form.removeprefix("tar"))


def folder(path, documents):
    """{name: text} as files."""
    for name, text in documents.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# ---- how servers answer (behaviours of repositories.FileServer) ----


class Validator:
    """Says what state a file is in, by a tag or by the time `at` which it changed, and to those who have it that it is unchanged."""

    def __init__(self, at=None):
        self.at, self.answers = at, []

    def __call__(self, handler, content):
        if self.at is None:
            name, asked, state = "ETag", "If-None-Match", '"' + hashlib.sha256(content or b"").hexdigest()[:16] + '"'
        else:
            name, asked, state = "Last-Modified", "If-Modified-Since", email.utils.formatdate(self.at, usegmt=True)
        status = 404 if content is None else 304 if handler.headers.get(asked) == state else 200
        self.answers.append(status)
        send(handler, status, content if status == 200 else b"", **{name: state})


class Layout:
    """Red Hat's way to publish statements: an archive of the day, and lists of what was changed and deleted since."""

    def __init__(self, path, day="2024-08-04"):
        self.path, self.day = path, day
        self.changed, self.deleted = [], []
        path.mkdir(parents=True)

    def publish(self, documents):
        """The archive, with these."""
        name = f"csaf_vex_{self.day}.tar.zst"
        (self.path / name).write_bytes(archive(documents, "tar.zst"))
        (self.path / "archive_latest.txt").write_text(name + "\n")
        self.changed = [(document, "2024-08-01T10:00:00+00:00") for document in documents]
        folder(self.path, documents)
        return self.lists()

    def change(self, documents, at):
        folder(self.path, documents)
        self.changed = [(n, t) for n, t in self.changed if n not in documents] + [(name, at) for name in documents]
        return self.lists()

    def delete(self, name, at):
        (self.path / name).unlink()
        self.changed = [entry for entry in self.changed if entry[0] != name]
        self.deleted.append((name, at))
        return self.lists()

    def lists(self):
        for name, entries in (("changes.csv", self.changed), ("deletions.csv", self.deleted)):
            newest_first = sorted(entries, key=lambda e: e[1], reverse=True)
            (self.path / name).write_text("".join(f'"{document}","{at}"\n' for document, at in newest_first))
        return self
