/* Connects to endpoints and does nothing else: `connect AT_ONCE LIMIT_MS < endpoints`, one `ADDRESS PORT` a line.
   Prints how many answered, how many did not, and the milliseconds it took. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 100000 };

static struct sockaddr_in endpoints[MOST];
static int descriptors[MOST];
static double limits[MOST];

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static int read_endpoints(void) {
  char address[64];
  int count = 0;
  for (int port; count < MOST && scanf("%63s %d", address, &port) == 2; count++) {
    endpoints[count] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, address, &endpoints[count].sin_addr);
  }
  return count;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int at_once = atoi(argv[1]), count = read_endpoints(), epoll = epoll_create1(0);
  int next = 0, oldest = 0, open = 0, answered = 0, failed = 0;
  double limit_ms = atof(argv[2]), began = now();
  while (answered + failed < count) {
    for (; open < at_once && next < count; next++) {
      int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      struct epoll_event event = {.events = EPOLLOUT, .data.u32 = next};
      if (fd < 0) return perror("socket"), 1;
      descriptors[next] = fd;
      limits[next] = now() + limit_ms;
      connect(fd, (struct sockaddr *)&endpoints[next], sizeof endpoints[next]);
      epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
      open++;
    }
    struct epoll_event ready[256];
    int waits = limits[oldest] - now() + 1, many = epoll_wait(epoll, ready, 256, waits < 0 ? 0 : waits);
    for (int i = 0; i < many; i++) {
      int which = ready[i].data.u32, error = 0;
      socklen_t length = sizeof error;
      getsockopt(descriptors[which], SOL_SOCKET, SO_ERROR, &error, &length);
      if (error == 0) answered++;
      else failed++;
      close(descriptors[which]);
      descriptors[which] = 0;
      open--;
    }
    for (; oldest < next && (descriptors[oldest] == 0 || limits[oldest] <= now()); oldest++) {
      if (descriptors[oldest] == 0) continue;
      close(descriptors[oldest]);
      descriptors[oldest] = 0;
      failed++, open--;
    }
  }
  printf("%d %d %.1f\n", answered, failed, now() - began);
}
