/*
 * A fleet service that is fast enough not to be what is measured: one thread, epoll, keep-alive, no parsing beyond the request line.
 *
 *   inventory-server COUNT DELAY_MS
 *
 * It listens on a free port of 127.0.0.1, prints the port, and serves until SIGTERM; then it prints how many calls there were, and how
 * many milliseconds lay between the first request and the last answer.
 *
 *   GET /servers          {"servers": ["n-000001", ...]}
 *   GET /servers/ID       {"id": ..., "address": ..., "labels": {...}}, each DELAY_MS after it was asked for, as is the list
 *   GET /pages?offset=N   {"next": "/pages?offset=..." | null, "results": [1,000 items]}
 * A connection has one request at a time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SOCKETS = 1024, LONGEST_REQUEST = 4096, PER_PAGE = 1000, LONGEST_ITEM = 400 };

struct connection {
	char request[LONGEST_REQUEST + 1];
	size_t received;
	char *answer; /* what is not sent yet; nothing if none is due */
	size_t length, sent;
	double due; /* when the answer goes out */
};

static struct connection *connections[MOST_SOCKETS];
/* Descriptors whose answers wait, the one that is due first first: all wait equally long. */
static int waiting[MOST_SOCKETS];
static size_t first_waiting, waiting_count;
static long count, calls;
static double first_at, last_at;
static double delay_ms;
static int epoll;

static void die(const char *what) {
	perror(what);
	exit(1);
}

static double now_ms(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static size_t put_item(char *to, long number) {
	return sprintf(to,
		"{\"id\":\"n-%06ld\",\"address\":\"10.%ld.%ld.%ld\",\"labels\":{\"model\":\"R%ld40\",\"rack\":\"A%02ld\",\"site\":\"Frankfurt am Main %ld\",\"serial\":\"SN%08ld\"},"
		"\"hardware\":{\"cpus\":64,\"memory\":549755813888,\"disks\":[{\"name\":\"nvme0n1\",\"size\":1920383410176},{\"name\":\"nvme1n1\",\"size\":1920383410176}]}}",
		number, number >> 16 & 255, number >> 8 & 255, number & 255, number % 3 + 6, number % 40, number % 4, number);
}

/* Builds the body of what a path asks for; the caller frees it. */
static char *body_of(const char *path, size_t *length) {
	long number, offset = 0;
	char *body, *end;
	if (strcmp(path, "/servers") == 0) {
		end = body = malloc(32 + (size_t)count * 16);
		end += sprintf(end, "{\"servers\":[");
		for (number = 1; number <= count; number++) end += sprintf(end, "%s\"n-%06ld\"", number > 1 ? "," : "", number);
		end += sprintf(end, "]}");
	} else if (sscanf(path, "/servers/n-%ld", &number) == 1) {
		end = body = malloc(LONGEST_ITEM);
		end += put_item(end, number);
	} else {
		sscanf(path, "/pages?offset=%ld", &offset);
		long last = offset + PER_PAGE < count ? offset + PER_PAGE : count;
		end = body = malloc(128 + PER_PAGE * (LONGEST_ITEM + 1));
		end += last < count ? sprintf(end, "{\"next\":\"/pages?offset=%ld\",\"results\":[", last) : sprintf(end, "{\"next\":null,\"results\":[");
		for (number = offset + 1; number <= last; number++) {
			if (number > offset + 1) *end++ = ',';
			end += put_item(end, number);
		}
		end += sprintf(end, "]}");
	}
	*length = end - body;
	return body;
}

static void forget(int socket) {
	for (size_t at = 0; at < waiting_count; at++) {
		if (waiting[(first_waiting + at) % MOST_SOCKETS] == socket) waiting[(first_waiting + at) % MOST_SOCKETS] = -1;
	}
	free(connections[socket]->answer);
	free(connections[socket]);
	connections[socket] = NULL;
	close(socket);
}

static void send_answer(int socket) {
	struct connection *connection = connections[socket];
	while (connection->sent < connection->length) {
		ssize_t sent = send(socket, connection->answer + connection->sent, connection->length - connection->sent, MSG_NOSIGNAL);
		if (sent < 0 && errno == EAGAIN) {
			struct epoll_event event = {.events = EPOLLOUT, .data.fd = socket};
			epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event);
			return;
		}
		if (sent < 0) {
			forget(socket);
			return;
		}
		connection->sent += sent;
	}
	free(connection->answer);
	connection->answer = NULL;
	last_at = now_ms();
}

static void answer(int socket, const char *path) {
	struct connection *connection = connections[socket];
	size_t length;
	if (calls++ == 0) first_at = now_ms();
	char *body = body_of(path, &length);
	connection->answer = malloc(length + 128);
	int head = sprintf(connection->answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", length);
	memcpy(connection->answer + head, body, length);
	free(body);
	connection->length = head + length;
	connection->sent = 0;
	if (delay_ms == 0) {
		send_answer(socket);
		return;
	}
	connection->due = now_ms() + delay_ms;
	waiting[(first_waiting + waiting_count++) % MOST_SOCKETS] = socket;
}

static void receive(int socket) {
	struct connection *connection = connections[socket];
	ssize_t received = recv(socket, connection->request + connection->received, LONGEST_REQUEST - connection->received, 0);
	if (received <= 0) {
		if (received == 0 || errno != EAGAIN) forget(socket);
		return;
	}
	connection->received += received;
	connection->request[connection->received] = 0;
	if (!strstr(connection->request, "\r\n\r\n")) return;
	char path[LONGEST_REQUEST + 1] = "";
	sscanf(connection->request, "GET %s", path);
	connection->received = 0;
	answer(socket, path);
}

/* Sends what is due; answers in how many microseconds the next is, or -1. */
static long send_due(void) {
	while (waiting_count > 0) {
		int socket = waiting[first_waiting];
		if (socket >= 0) {
			double left = connections[socket]->due - now_ms();
			if (left > 0) return (long)(left * 1e3) + 1;
			send_answer(socket);
		}
		first_waiting = (first_waiting + 1) % MOST_SOCKETS;
		waiting_count--;
	}
	return -1;
}

static void watch(int descriptor) {
	struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0) die("epoll_ctl");
}

static void accept_all(int listener) {
	int socket, on = 1;
	while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		if (socket >= MOST_SOCKETS) {
			close(socket);
			continue;
		}
		setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		connections[socket] = calloc(1, sizeof(struct connection));
		watch(socket);
	}
}

int main(int argc, char **argv) {
	if (argc != 3) {
		fprintf(stderr, "usage: inventory-server COUNT DELAY_MS\n");
		return 2;
	}
	count = atol(argv[1]);
	delay_ms = atof(argv[2]);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1024) < 0) die("listen");
	getsockname(listener, (struct sockaddr *)&address, &size);
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	epoll = epoll_create1(0);
	watch(listener);
	sigset_t ending;
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	int ended = signalfd(-1, &ending, 0);
	watch(ended);
	for (;;) {
		struct epoll_event events[256];
		long left = send_due();
		struct timespec timeout = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
		int ready = epoll_pwait2(epoll, events, 256, left < 0 ? NULL : &timeout, NULL);
		if (ready < 0 && errno != EINTR) die("epoll_pwait2");
		for (int at = 0; at < ready; at++) {
			int descriptor = events[at].data.fd;
			if (descriptor == ended) {
				printf("%ld %.3f\n", calls, last_at - first_at);
				return 0;
			}
			if (descriptor == listener) accept_all(listener);
			else if (!connections[descriptor]) continue;
			else if (events[at].events & EPOLLOUT) {
				struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
				epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event);
				send_answer(descriptor);
			} else receive(descriptor);
		}
	}
}
