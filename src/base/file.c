/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include "base/times.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Limits of a confined child: enough for gpgv on the largest InRelease, not for mischief. */
#define CHILD_CPU_S 20
#define CHILD_MEMORY_BYTES ((rlim_t)512 << 20)
#define CHILD_FILE_BYTES ((rlim_t)64 << 20)

static pk_rc read_all(int fd, const char *path, pk_buf *out, pk_err *err) {
  char block[65536];
  for (;;) {
    ssize_t n = read(fd, block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return pk_err_set(err, PK_E_IO, "cannot read '%s': %s", path, strerror(errno));
    if (n == 0) return PK_OK;
    pk_buf_add(out, block, (size_t)n);
    if (out->over) return pk_err_set(err, PK_E_LIMIT, "'%s' is larger than %zu bytes", path, out->max);
  }
}

pk_rc pk_file_read(const char *path, pk_buf *out, pk_err *err) {
  if (strcmp(path, "-") == 0) return read_all(STDIN_FILENO, "standard input", out, err);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return PK_NOTFOUND;
  if (fd < 0) return pk_err_set(err, PK_E_IO, "cannot open '%s': %s", path, strerror(errno));
  pk_rc rc = read_all(fd, path, out, err);
  close(fd);
  return rc;
}

pk_rc pk_file_write(const char *path, pk_str bytes, pk_err *err) {
  char temp[4096];
  if ((size_t)snprintf(temp, sizeof temp, "%s.new", path) >= sizeof temp)
    return pk_err_set(err, PK_E_IO, "path too long: '%s'", path);
  int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return pk_err_set(err, PK_E_IO, "cannot create '%s': %s", temp, strerror(errno));
  size_t done = 0;
  while (done < bytes.n) {
    ssize_t n = write(fd, bytes.p + done, bytes.n - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    done += (size_t)n;
  }
  bool good = done == bytes.n && fsync(fd) == 0;
  int saved = errno;
  if (close(fd) != 0) good = false;
  if (good && rename(temp, path) == 0) return PK_OK;
  if (good) saved = errno;
  unlink(temp);
  return pk_err_set(err, PK_E_IO, "cannot write '%s': %s", path, strerror(saved));
}

pk_rc pk_dir_make(const char *path, pk_err *err) {
  char *copy = pk_str_dup(pk_str_of(path));
  pk_rc rc = PK_OK;
  for (char *c = copy + 1; rc == PK_OK; c++) {
    if (*c != '/' && *c != '\0') continue;
    char kept = *c;
    *c = '\0';
    if (mkdir(copy, 0750) != 0 && errno != EEXIST)
      rc = pk_err_set(err, PK_E_IO, "cannot make folder '%s': %s", copy, strerror(errno));
    *c = kept;
    if (kept == '\0') break;
  }
  free(copy);
  return rc;
}

int64_t pk_file_size(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : -1;
}

bool pk_file_exists(const char *path) { return pk_file_size(path) >= 0; }

bool pk_dir_exists(const char *path) {
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

pk_rc pk_dir_each(const char *dir, const char *suffix, pk_dir_visit *each, void *arg, pk_err *err) {
  struct dirent **entries = NULL;
  int n = scandir(dir, &entries, NULL, alphasort);
  if (n < 0 && (errno == ENOENT || errno == ENOTDIR)) return PK_OK;
  if (n < 0) return pk_err_set(err, PK_E_IO, "cannot list folder '%s': %s", dir, strerror(errno));
  pk_rc rc = PK_OK;
  for (int i = 0; i < n; i++) {
    char path[4096];
    if (rc == PK_OK && entries[i]->d_name[0] != '.' && pk_str_ends(pk_str_of(entries[i]->d_name), suffix) &&
        (size_t)snprintf(path, sizeof path, "%s/%s", dir, entries[i]->d_name) < sizeof path && pk_file_exists(path))
      rc = each(arg, path, err);
    free(entries[i]);
  }
  free(entries);
  return rc;
}

static _Noreturn void child_exec(const char *const *argv, int out_fd) {
  int null_fd = open("/dev/null", O_RDWR);
  if (null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(null_fd, 2) < 0) _exit(126);
  if (close_range(3, ~0u, 0) != 0)
    for (int fd = 3; fd < 1024; fd++) close(fd);
  const struct {
    __rlimit_resource_t what;
    rlim_t max;
  } limits[] = {{RLIMIT_CPU, CHILD_CPU_S}, {RLIMIT_AS, CHILD_MEMORY_BYTES}, {RLIMIT_FSIZE, CHILD_FILE_BYTES}, {RLIMIT_CORE, 0}};
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
    if (setrlimit(limits[i].what, &(struct rlimit){limits[i].max, limits[i].max}) != 0) _exit(126);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  char path[] = "PATH=/usr/bin:/bin:/usr/local/bin", locale[] = "LC_ALL=C", home[] = "HOME=/nonexistent";
  char *const environment[] = {path, locale, home, NULL};
  char *const *args;
  memcpy(&args, &argv, sizeof args); /* execvpe takes the strings without const but leaves them alone */
  execvpe(argv[0], args, environment);
  _exit(127);
}

static pk_rc read_until(int fd, int64_t deadline_ms, const char *name, pk_buf *output, pk_err *err) {
  char block[4096];
  for (;;) {
    int64_t left = deadline_ms - pk_monotonic_ms();
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int ready = left <= 0 ? 0 : poll(&p, 1, (int)left);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return pk_err_set(err, PK_E_LIMIT, "'%s' did not end in time and was stopped", name);
    ssize_t n = read(fd, block, sizeof block);
    if (n <= 0) return PK_OK;
    pk_buf_add(output, block, (size_t)n);
    if (output->over) return pk_err_set(err, PK_E_LIMIT, "'%s' said more than %zu bytes", name, output->max);
  }
}

/* It may have closed its output and live on. */
static pk_rc wait_until(pid_t pid, int64_t deadline_ms, const char *name, pk_err *err) {
  int fd = pidfd_open(pid, 0);
  if (fd < 0) return PK_OK; /* a kernel without it: the limit on CPU time remains */
  struct pollfd p = {.fd = fd, .events = POLLIN};
  int ready;
  do {
    int64_t left = deadline_ms - pk_monotonic_ms();
    ready = poll(&p, 1, left > 0 ? (int)left : 0);
  } while (ready < 0 && errno == EINTR);
  close(fd);
  return ready > 0 ? PK_OK : pk_err_set(err, PK_E_LIMIT, "'%s' did not end in time and was stopped", name);
}

pk_rc pk_child_run(const char *const *argv, int64_t timeout_ms, pk_buf *output, int *ret_status, pk_err *err) {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return pk_err_set(err, PK_E_IO, "cannot make a pipe: %s", strerror(errno));
  pid_t pid = fork();
  if (pid < 0) {
    close(fds[0]);
    close(fds[1]);
    return pk_err_set(err, PK_E_IO, "cannot start '%s': %s", argv[0], strerror(errno));
  }
  if (pid == 0) child_exec(argv, fds[1]);
  close(fds[1]);
  int64_t deadline_ms = pk_monotonic_ms() + timeout_ms;
  pk_rc rc = read_until(fds[0], deadline_ms, argv[0], output, err);
  close(fds[0]);
  if (rc == PK_OK) rc = wait_until(pid, deadline_ms, argv[0], err);
  if (rc != PK_OK) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (rc == PK_OK && *ret_status == 127)
    return pk_err_set(err, PK_E_IO, "program '%s' is not installed", argv[0]);
  return rc;
}
