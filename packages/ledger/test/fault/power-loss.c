/*
 * Keeps beside the files of one folder what of them is surely on the disk: after each fsync or fdatasync of a file in POWER_LOSS_FOLDER its content
 * is copied to POWER_LOSS_MIRROR, under its name and at once (rename). A sync of the folder itself removes from the mirror what is gone from it.
 * Loaded with LD_PRELOAD. What the mirror lacks is what a loss of power may take.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  abort();
}

static void copy(const char *from, const char *to) {
  char buffer[65536], part[PATH_MAX + 8];
  snprintf(part, sizeof part, "%s.part", to);
  int in = open(from, O_RDONLY | O_CLOEXEC), out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (in < 0 || out < 0) die(from);
  for (ssize_t n; (n = read(in, buffer, sizeof buffer)) != 0;)
    if (n < 0 || write(out, buffer, n) != n) die(to);
  close(in);
  close(out);
  if (rename(part, to) != 0) die(to);
}

static void forget_removed(const char *folder, const char *mirror) {
  DIR *entries = opendir(mirror);
  if (entries == NULL) die(mirror);
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    char original[PATH_MAX], kept[PATH_MAX];
    if (entry->d_name[0] == '.') continue;
    snprintf(original, sizeof original, "%s/%s", folder, entry->d_name);
    snprintf(kept, sizeof kept, "%s/%s", mirror, entry->d_name);
    if (access(original, F_OK) != 0) unlink(kept);
  }
  closedir(entries);
}

static void synced(int fd) {
  const char *folder = getenv("POWER_LOSS_FOLDER"), *mirror = getenv("POWER_LOSS_MIRROR");
  char link[64], path[PATH_MAX], kept[PATH_MAX * 2];
  if (folder == NULL || mirror == NULL) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = '\0';
  size_t under = strlen(folder);
  if (strncmp(path, folder, under) != 0) return;
  if (path[under] == '\0') {
    forget_removed(folder, mirror);
  } else if (path[under] == '/') {
    snprintf(kept, sizeof kept, "%s%s", mirror, path + under);
    copy(path, kept);
  }
}

int fsync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) synced(fd);
  return result;
}

int fdatasync(int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) synced(fd);
  return result;
}
