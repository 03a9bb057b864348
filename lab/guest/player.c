/* Drives one simulated GPIO line by a schedule, in real time, and logs what it did.
 *
 *     player PULL SCHEDULE TRUTH [LEAD_MS]
 *
 * PULL is the line's `pull` file of gpio-sim. SCHEDULE holds little-endian int64: (offset_ns << 1) | level,
 * in order. TRUTH becomes: int64 count of edges driven so far, int64 origin (CLOCK_MONOTONIC ns of offset 0),
 * then for each edge two int64: CLOCK_MONOTONIC ns just before and just after the line was driven. It is
 * mapped, so that others can follow the count while it runs.
 *
 * It sleeps until absolute times, so lateness does not add up; an edge that is late is driven at once and
 * logged with the time it really had. Its priority is below that of the kernel's interrupt threads (50), so
 * that each edge is taken in before the next is driven, and above everything else. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PRIORITY 40

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "player: %s: %s\n", what, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: player PULL SCHEDULE TRUTH [LEAD_MS]\n");
		return 2;
	}
	int pull = open(argv[1], O_WRONLY | O_CLOEXEC);
	if (pull < 0)
		fail(argv[1]);
	int in = open(argv[2], O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (in < 0 || fstat(in, &st) < 0)
		fail(argv[2]);
	int64_t edges = st.st_size / 8;
	int64_t *schedule = mmap(NULL, edges * 8 + 8, PROT_READ, MAP_PRIVATE | MAP_POPULATE, in, 0);
	if (schedule == MAP_FAILED)
		fail("reading the schedule");
	int out = open(argv[3], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int64_t bytes = 16 + edges * 16;
	if (out < 0 || ftruncate(out, bytes) < 0)
		fail(argv[3]);
	volatile int64_t *truth = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, out, 0);
	if (truth == MAP_FAILED)
		fail("mapping the truth");
	struct sched_param priority = {.sched_priority = PRIORITY};
	if (mlockall(MCL_CURRENT) < 0 || sched_setscheduler(0, SCHED_FIFO, &priority) < 0)
		fail("real-time priority");
	int64_t origin = now() + (argc > 4 ? atoll(argv[4]) : 100) * 1000000;
	truth[1] = origin;
	for (int64_t i = 0; i < edges; i++) {
		int64_t at = origin + (schedule[i] >> 1);
		struct timespec t = {at / 1000000000, at % 1000000000};
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
			;
		const char *word = schedule[i] & 1 ? "pull-up" : "pull-down";
		int64_t before = now();
		if (pwrite(pull, word, strlen(word), 0) < 0)
			fail("driving the line");
		truth[3 + 2 * i] = now();
		truth[2 + 2 * i] = before;
		truth[0] = i + 1;
	}
	return 0;
}
