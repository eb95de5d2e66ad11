/* SPDX-License-Identifier: Apache-2.0 */
/* bench_etcd - puts into an etcd, by as light a client as can be, so that etcd gets the cores.
 *
 * Speaks its native gRPC (HTTP/2 by hand: one request is a HEADERS and a DATA frame, and the
 * answer is not looked into beyond "a message came, and the stream ended"), or the old v2 API over
 * HTTP/1.1, which spares etcd the multi-version store beneath. Each client puts, waits, puts again,
 * always its own key. Prints puts a second and the wait for one. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    CLIENTS_MAX = 1024,
    STREAMS_MAX = 64, /* A connection: below what HTTP/2's first window allows. */
    BUFFER_SIZE = 1 << 18,
    PAYLOAD_MAX = 4096,
    WAITS_MAX = 1 << 20,
    FRAME_HEAD = 9,
};
enum frame {
    FRAME_DATA,
    FRAME_HEADERS,
    FRAME_RESET = 3,
    FRAME_SETTINGS,
    FRAME_PING = 6,
    FRAME_GOAWAY
};

struct connection {
    int fd;
    bool asked;           /* Headers are in the peer's table. */
    uint32_t next_stream; /* HTTP/2: the next odd number. */
    uint32_t clients, first_client;
    uint32_t client_of[1024]; /* By stream / 2 % 1024. */
    bool answered[1024];
    uint8_t in[BUFFER_SIZE], out[BUFFER_SIZE];
    size_t in_size, out_size;
};

static struct connection *connections[CLIENTS_MAX];
static uint32_t connections_count;
static double since_s[CLIENTS_MAX];
static double waits[WAITS_MAX];
static size_t waits_count;
static uint64_t puts_done;
static bool measuring, stopping;
static char payload[PAYLOAD_MAX + 1];
static size_t payload_size = 100;
static bool old_api;

static void die(const char *what)
{
    (void)fprintf(stderr, "bench_etcd: %s\n", what);
    exit(1);
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void push(struct connection *self, const void *data, size_t size)
{
    if (self->out_size + size > sizeof self->out)
        die("a request does not fit");
    memcpy(self->out + self->out_size, data, size);
    self->out_size += size;
}

static void push_frame(struct connection *self, enum frame type, uint8_t flags, uint32_t stream,
                       const void *data, size_t size)
{
    uint8_t head[FRAME_HEAD] = {(uint8_t)(size >> 16),
                                (uint8_t)(size >> 8),
                                (uint8_t)size,
                                (uint8_t)type,
                                flags,
                                (uint8_t)(stream >> 24),
                                (uint8_t)(stream >> 16),
                                (uint8_t)(stream >> 8),
                                (uint8_t)stream};
    push(self, head, sizeof head);
    push(self, data, size);
}

static size_t put_varint(uint8_t *at, size_t value)
{
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        at[size++] = (uint8_t)(value | 0x80);
    at[size++] = (uint8_t)value;
    return size;
}

static size_t put_field(uint8_t *at, uint8_t tag, const void *data, size_t size)
{
    size_t used = 1;
    at[0] = tag;
    used += put_varint(at + used, size);
    memcpy(at + used, data, size);
    return used + size;
}

/* etcdserverpb.PutRequest {key, value} behind gRPC's five bytes. */
static void put_grpc(struct connection *self, uint32_t client)
{
    /* RFC 7541: static names, each value entered into the peer's table the first time. */
    static const uint8_t first[] = "\x83\x86\x44\x14/etcdserverpb.KV/Put\x41\x09localhost"
                                   "\x5f\x10"
                                   "application/grpc\x40\x02te\x08trailers";
    static const uint8_t again[] = "\x83\x86\xc1\xc0\xbf\xbe";
    uint8_t body[PAYLOAD_MAX + 64];
    char key[16];
    int key_size = snprintf(key, sizeof key, "c%u", client);
    size_t size = 5;
    uint32_t stream = self->next_stream;
    self->next_stream += 2;
    self->client_of[stream / 2 % 1024] = client;
    self->answered[stream / 2 % 1024] = false;
    size += put_field(body + size, 0x0a, key, (size_t)key_size);
    size += put_field(body + size, 0x12, payload, payload_size);
    size_t message = size - 5;
    memcpy(body, (uint8_t[]){0, 0, 0, (uint8_t)(message >> 8), (uint8_t)message}, 5);
    push_frame(self, FRAME_HEADERS, 4, stream, self->asked ? again : first,
               self->asked ? sizeof again - 1 : sizeof first - 1);
    push_frame(self, FRAME_DATA, 1, stream, body, size);
    self->asked = true;
}

static void put_old(struct connection *self, uint32_t client)
{
    char head[256];
    int size = snprintf(head, sizeof head,
                        "PUT /v2/keys/c%u HTTP/1.1\r\nHost: localhost\r\n"
                        "Content-Type: application/x-www-form-urlencoded\r\n"
                        "Content-Length: %zu\r\n\r\nvalue=",
                        client, payload_size + 6);
    push(self, head, (size_t)size);
    push(self, payload, payload_size);
}

static void put(struct connection *self, uint32_t client)
{
    since_s[client] = now_s();
    if (old_api)
        put_old(self, client);
    else
        put_grpc(self, client);
}

static void put_is_done(struct connection *self, uint32_t client)
{
    if (measuring) {
        puts_done++;
        if (waits_count < WAITS_MAX)
            waits[waits_count++] = (now_s() - since_s[client]) * 1e3;
    }
    if (!stopping)
        put(self, client);
}

static void take_frame(struct connection *self, enum frame type, uint8_t flags, uint32_t stream,
                       const uint8_t *data, size_t size)
{
    if (type == FRAME_DATA && size > 5)
        self->answered[stream / 2 % 1024] = true;
    if (type == FRAME_SETTINGS && (flags & 1) == 0)
        push_frame(self, FRAME_SETTINGS, 1, 0, data, 0);
    if (type == FRAME_PING && (flags & 1) == 0)
        push_frame(self, FRAME_PING, 1, 0, data, size);
    if (type == FRAME_RESET || type == FRAME_GOAWAY)
        die("etcd refuses the call");
    if ((type == FRAME_HEADERS || type == FRAME_DATA) && (flags & 1) != 0) {
        if (!self->answered[stream / 2 % 1024])
            die("a put failed");
        put_is_done(self, self->client_of[stream / 2 % 1024]);
    }
}

/* Returns how many bytes were used, 0 if more must come. */
static size_t take_grpc(struct connection *self, const uint8_t *at, size_t size)
{
    if (size < FRAME_HEAD)
        return 0;
    size_t length = (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2];
    uint32_t stream = (uint32_t)at[5] << 24 | (uint32_t)at[6] << 16 | (uint32_t)at[7] << 8 | at[8];
    if (size < FRAME_HEAD + length)
        return 0;
    take_frame(self, (enum frame)at[3], at[4], stream, at + FRAME_HEAD, length);
    return FRAME_HEAD + length;
}

static size_t take_old(struct connection *self, const uint8_t *at, size_t size)
{
    const uint8_t *end = memmem(at, size, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    static const char name[] = "\r\nContent-Length:";
    const uint8_t *length = memmem(at, size, name, sizeof name - 1);
    if (memcmp(at, "HTTP/1.1 20", 11) != 0 || length == NULL || length > end)
        die("a put failed (does this etcd run with --enable-v2?)");
    size_t total =
        (size_t)(end - at) + 4 + strtoul((const char *)length + sizeof name - 1, NULL, 10);
    if (size < total)
        return 0;
    put_is_done(self, self->first_client);
    return total;
}

static void receive(struct connection *self)
{
    size_t at = 0;
    ssize_t got = recv(self->fd, self->in + self->in_size, sizeof self->in - self->in_size, 0);
    if (got <= 0)
        die("etcd closed the connection");
    self->in_size += (size_t)got;
    for (;;) {
        size_t used = old_api ? take_old(self, self->in + at, self->in_size - at)
                              : take_grpc(self, self->in + at, self->in_size - at);
        if (used == 0)
            break;
        at += used;
    }
    memmove(self->in, self->in + at, self->in_size - at);
    self->in_size -= at;
}

static void flush_out(struct connection *self)
{
    size_t at = 0;
    while (at < self->out_size) {
        ssize_t sent = send(self->fd, self->out + at, self->out_size - at, MSG_NOSIGNAL);
        if (sent <= 0)
            die(strerror(errno));
        at += (size_t)sent;
    }
    self->out_size = 0;
}

static void connect_to(const char *address, uint16_t port, uint32_t first, uint32_t clients)
{
    static const uint8_t settings[6] = {0, 4, 0, 0xff, 0xff, 0xff}; /* Window of a stream. */
    static const uint8_t window[4] = {0x3f, 0xff, 0, 0};            /* Of the connection. */
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct connection *self = calloc(1, sizeof *self);
    int yes = 1;
    if (self == NULL || inet_pton(AF_INET, address, &to.sin_addr) != 1)
        die("expected an address such as 127.0.0.1");
    self->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (self->fd < 0 || connect(self->fd, (struct sockaddr *)&to, sizeof to) != 0)
        die(strerror(errno));
    (void)setsockopt(self->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    self->first_client = first;
    self->clients = clients;
    self->next_stream = 1;
    connections[connections_count++] = self;
    if (!old_api) {
        push(self, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
        push_frame(self, FRAME_SETTINGS, 0, 0, settings, sizeof settings);
        push_frame(self, (enum frame)8, 0, 0, window, sizeof window);
    }
    for (uint32_t i = 0; i < clients; i++)
        put(self, first + i);
    flush_out(self);
}

static void run_until(double end_s)
{
    static struct pollfd fds[CLIENTS_MAX];
    double now;
    while ((now = now_s()) < end_s) {
        for (uint32_t i = 0; i < connections_count; i++)
            fds[i] = (struct pollfd){.fd = connections[i]->fd, .events = POLLIN};
        if (poll(fds, connections_count, (int)((end_s - now) * 1e3) + 1) < 0 && errno != EINTR)
            die(strerror(errno));
        for (uint32_t i = 0; i < connections_count; i++) {
            if (fds[i].revents == 0)
                continue;
            receive(connections[i]);
            flush_out(connections[i]);
        }
    }
}

static int compare(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

static void measure(const char *address, uint16_t port, uint32_t clients, double seconds)
{
    uint32_t each = old_api ? 1 : STREAMS_MAX;
    for (uint32_t first = 0; first < clients; first += each)
        connect_to(address, port, first, clients - first < each ? clients - first : each);
    run_until(now_s() + 1);
    measuring = true;
    double start_s = now_s();
    run_until(start_s + seconds);
    double took_s = now_s() - start_s;
    if (waits_count == 0)
        die("no put was answered");
    qsort(waits, waits_count, sizeof *waits, compare);
    (void)printf("clients %u puts_per_s %.0f median_ms %.3f p95_ms %.3f\n", clients,
                 (double)puts_done / took_s, waits[waits_count / 2], waits[waits_count * 95 / 100]);
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        {"address", required_argument, NULL, 'a'},
        {"port", required_argument, NULL, 'p'},
        {"clients", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'},
        {"payload", required_argument, NULL, 'b'},
        {"api", required_argument, NULL, 'i'},
        {NULL, 0, NULL, 0},
    };
    const char *address = "127.0.0.1";
    uint32_t port = 2379;
    uint32_t clients = 1;
    double seconds = 5;
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        unsigned long number = optarg == NULL ? 0 : strtoul(optarg, NULL, 10);
        if (option == 'a')
            address = optarg;
        else if (option == 'p')
            port = (uint32_t)number;
        else if (option == 'c')
            clients = (uint32_t)number;
        else if (option == 's')
            seconds = (double)number;
        else if (option == 'b')
            payload_size = number;
        else if (option == 'i')
            old_api = strcmp(optarg, "v2") == 0;
        else
            die("usage: bench_etcd [--address IP] [--port N] [--clients N] [--seconds N] "
                "[--payload BYTES] [--api grpc|v2]");
    }
    if (clients < 1 || clients > CLIENTS_MAX || payload_size > PAYLOAD_MAX || port > UINT16_MAX)
        die("at most 1024 clients and 4096 bytes");
    memset(payload, 'x', payload_size);
    measure(address, (uint16_t)port, clients, seconds);
    return 0;
}
