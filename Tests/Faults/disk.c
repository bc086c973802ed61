// A full disk for one process: while the number in the file that DISK_FULL names is not 0, no file of it can grow, and
// there is no room by statvfs.  What a file has already can be written over, as on a real full disk, and SQLite's index of
// its log (-shm), which a start empties and fills again, gets its 32 KiB back.
//
//     cc -shared -fPIC -o disk.so disk.c; DISK_FULL=full LD_PRELOAD=./disk.so program
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static const volatile int64_t *full;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("DISK_FULL");
    int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor < 0) return;
    void *page = mmap(NULL, sizeof *full, PROT_READ, MAP_SHARED, descriptor, 0);
    if (page != MAP_FAILED) full = page;
    close(descriptor);
}

static int isIndex(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path);
    return length > 4 && memcmp(path + length - 4, "-shm", 4) == 0;
}

// How many of the octets at a place the file has room for; all of them where it is no file, or a standard one.
static size_t room(int descriptor, off_t place, size_t count) {
    struct stat file;
    if (!full || !*full || descriptor <= STDERR_FILENO) return count;
    if (fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode)) return count;
    off_t blocks = file.st_blocks * 512, end = file.st_size > blocks ? file.st_size : blocks;
    if (end < 32768 && isIndex(descriptor)) end = 32768;
    if (place < 0) {
        place = fcntl(descriptor, F_GETFL) & O_APPEND ? file.st_size : lseek(descriptor, 0, SEEK_CUR);
    }
    return place >= end ? 0 : (off_t)count > end - place ? (size_t)(end - place) : count;
}

static ssize_t refuse(void) {
    errno = ENOSPC;
    return -1;
}

ssize_t write(int descriptor, const void *octets, size_t count) {
    size_t some = room(descriptor, -1, count);
    return some || !count ? syscall(SYS_write, descriptor, octets, some) : refuse();
}

ssize_t pwrite64(int descriptor, const void *octets, size_t count, off_t place) {
    size_t some = room(descriptor, place, count);
    return some || !count ? syscall(SYS_pwrite64, descriptor, octets, some, place) : refuse();
}

ssize_t pwrite(int descriptor, const void *octets, size_t count, off_t place) {
    return pwrite64(descriptor, octets, count, place);
}

int fallocate(int descriptor, int mode, off_t place, off_t count) {
    if (room(descriptor, place, (size_t)count) < (size_t)count) return (int)refuse();
    return (int)syscall(SYS_fallocate, descriptor, mode, place, count);
}

int posix_fallocate(int descriptor, off_t place, off_t count) {
    return fallocate(descriptor, 0, place, count) == 0 ? 0 : errno;
}

int statvfs(const char *restrict path, struct statvfs *restrict out) {
    int descriptor = open(path, O_PATH | O_CLOEXEC);
    if (descriptor < 0) return -1;
    int result = fstatvfs(descriptor, out);
    close(descriptor);
    if (result == 0 && full && *full) out->f_bfree = out->f_bavail = 0;
    return result;
}
