/* SPDX-License-Identifier: Apache-2.0 */
#include "server/syncs.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct one_sync {
  pk_syncs *syncs;
  char *feed;
  pid_t pid; /* 0: none runs */
  pthread_t thread;
  bool has_thread; /* to be joined */
} one_sync;

struct pk_syncs {
  const char *database, *config_path;
  pthread_mutex_t lock;
  one_sync list[PK_SYNCS_MAX];
  bool stopping;
};

pk_syncs *pk_syncs_new(const char *database, const char *config_path) {
  pk_syncs *s = pk_calloc(1, sizeof *s);
  s->database = database;
  s->config_path = config_path;
  pthread_mutex_init(&s->lock, NULL);
  return s;
}

static void *wait_for_end(void *arg) {
  one_sync *one = arg;
  pk_syncs *s = one->syncs;
  int status = 0;
  while (waitpid(one->pid, &status, 0) < 0 && errno == EINTR) {}
  pk_log(PK_LOG_INFO, "sync_ended", "feed", one->feed, "status", PK_NUM(WIFEXITED(status) ? WEXITSTATUS(status) : -1), NULL);
  pthread_mutex_lock(&s->lock);
  one->pid = 0;
  pthread_mutex_unlock(&s->lock);
  return NULL;
}

static int spawn(const pk_syncs *s, const char *feed, bool accept, pid_t *pid) {
  const char *args[12] = {"pakiti", "--db", s->database};
  size_t n = 3;
  if (s->config_path) {
    args[n++] = "--config";
    args[n++] = s->config_path;
  }
  if (accept) {
    args[n++] = "feed";
    args[n++] = "accept";
  } else {
    args[n++] = "sync";
  }
  args[n++] = "--";
  args[n++] = feed;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;
  sigemptyset(&none);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none); /* the server's waits for signals are not its children's */
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  int failed = posix_spawn(pid, "/proc/self/exe", &actions, &attributes, (char *const *)(uintptr_t)args, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

/* One whose process has ended, or was never begun. */
static void end_one(one_sync *one) {
  if (one->has_thread) pthread_join(one->thread, NULL);
  free(one->feed);
  *one = (one_sync){0};
}

static pk_rc start(pk_syncs *s, const char *feed, bool accept, pk_err *err) {
  one_sync *free_one = NULL;
  for (size_t i = 0; i < PK_SYNCS_MAX; i++) {
    if (s->list[i].pid && strcmp(s->list[i].feed, feed) == 0)
      return accept ? (pk_err_set(err, PK_EXISTS, "the feed is being fetched: accept it when that has ended"), PK_EXISTS) : PK_OK;
    if (!s->list[i].pid) free_one = &s->list[i];
  }
  if (s->stopping || !free_one) return pk_err_set(err, PK_E_STOPPED, "%d feeds are being fetched already: try again in a minute", PK_SYNCS_MAX);
  end_one(free_one);
  *free_one = (one_sync){.syncs = s, .feed = pk_str_dup(pk_str_of(feed))};
  int failed = spawn(s, feed, accept, &free_one->pid);
  if (failed) {
    end_one(free_one);
    return pk_err_set(err, PK_E_IO, "the sync cannot be started: %s", strerror(failed));
  }
  if (pthread_create(&free_one->thread, NULL, wait_for_end, free_one) != 0) pk_panic("no thread can be started");
  free_one->has_thread = true;
  return PK_OK;
}

pk_rc pk_syncs_start(pk_syncs *s, const char *feed, bool accept, pk_err *err) {
  pthread_mutex_lock(&s->lock);
  pk_rc rc = start(s, feed, accept, err);
  pthread_mutex_unlock(&s->lock);
  return rc;
}

void pk_syncs_free(pk_syncs **syncs) {
  pk_syncs *s = *syncs;
  *syncs = NULL;
  if (!s) return;
  pthread_mutex_lock(&s->lock);
  s->stopping = true;
  for (size_t i = 0; i < PK_SYNCS_MAX; i++)
    if (s->list[i].pid) kill(s->list[i].pid, SIGTERM);
  pthread_mutex_unlock(&s->lock);
  for (size_t i = 0; i < PK_SYNCS_MAX; i++) end_one(&s->list[i]);
  pthread_mutex_destroy(&s->lock);
  free(s);
}
