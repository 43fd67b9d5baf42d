/* Listens for the bench of ports, at all addresses of this machine: `listen OPEN SILENT` takes connections at OPEN ports, and has SILENT
   more whose backlog is full, so that nobody gets an answer there. Prints the ports, in this order; ends with its standard input. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void must(int holds, const char *what) {
  if (holds) return;
  perror(what);
  exit(1);
}

static int listen_at_free_port(int backlog, struct sockaddr_in *address) {
  socklen_t length = sizeof *address;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  *address = (struct sockaddr_in){.sin_family = AF_INET};
  must(fd >= 0 && bind(fd, (struct sockaddr *)address, length) == 0 && listen(fd, backlog) == 0, "listen");
  must(getsockname(fd, (struct sockaddr *)address, &length) == 0, "getsockname");
  printf("%d\n", ntohs(address->sin_port));
  return fd;
}

/* A backlog of none takes one connection; those after it are told nothing. */
static void fill(struct sockaddr_in address) {
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 4; i++) connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (struct sockaddr *)&address, sizeof address);
}

int main(int argc, char **argv) {
  must(argc == 3, "usage: listen OPEN SILENT");
  struct sockaddr_in address;
  struct epoll_event event = {.events = EPOLLIN}, ready[64];
  int epoll = epoll_create1(0);
  for (int i = atoi(argv[1]); i > 0; i--) {
    event.data.fd = listen_at_free_port(4096, &address);
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event) == 0, "epoll_ctl");
  }
  for (int i = atoi(argv[2]); i > 0; i--) {
    listen_at_free_port(0, &address);
    fill(address);
  }
  fflush(stdout);
  event.data.fd = STDIN_FILENO;
  must(epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0, "epoll_ctl");
  for (;;) {
    int count = epoll_wait(epoll, ready, 64, -1);
    for (int i = 0; i < count; i++) {
      if (ready[i].data.fd == STDIN_FILENO) return 0;
      for (int fd; (fd = accept(ready[i].data.fd, NULL, NULL)) >= 0;) close(fd);
    }
  }
}
