package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

const method = "/grpc.health.v1.Health/Check"

// Statuses of gRPC, of which there are more: google.golang.org/grpc/codes.
const (
	ok            = "0"
	unimplemented = "12"
)

const serving = "SERVING"

// statuses are those of grpc.health.v1.HealthCheckResponse.
var statuses = []string{"UNKNOWN", serving, "NOT_SERVING", "SERVICE_UNKNOWN"}

// answer is what an RPC ends with; status only when code is ok.
type answer struct {
	code, message, status string
}

// check makes one RPC: gRPC over HTTP/2, its document PROTOCOL-HTTP2.md.
func check(context context.Context, o options, address string, reached func()) (answer, error) {
	scheme := map[bool]string{false: "http", true: "https"}[o.tls]
	request, err := http.NewRequestWithContext(
		context, http.MethodPost, fmt.Sprintf("%s://%s%s", scheme, address, method), bytes.NewReader(framed(o.service)),
	)
	if err != nil {
		return answer{}, err
	}
	request.Header = http.Header{
		"Content-Type": {"application/grpc"}, "Te": {"trailers"}, "User-Agent": {o.userAgent},
	}
	response, err := client(o, reached).Do(request)
	if err != nil {
		return answer{}, err.(*url.Error).Err // It repeats method and address.
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, 1024))
	if err != nil {
		return answer{}, err
	}
	end := response.Trailer
	if end.Get("Grpc-Status") == "" {
		end = response.Header // Without a message an RPC ends with its headers.
	}
	got := answer{code: end.Get("Grpc-Status"), message: end.Get("Grpc-Message")}
	if got.code == "" {
		return got, fmt.Errorf("HTTP status %s, and no gRPC", response.Status)
	}
	if got.code == ok {
		got.status, err = status(content)
	}
	return got, err
}

// framed is a HealthCheckRequest as gRPC sends it: not compressed, its length, and field 1, the service.
func framed(service string) []byte {
	var message []byte
	if service != "" {
		message = append(binary.AppendUvarint([]byte{1<<3 | 2}, uint64(len(service))), service...)
	}
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message))), message...)
}

// status reads a framed HealthCheckResponse: field 1 is the status, and 0 is left out.
func status(content []byte) (string, error) {
	if len(content) == 5 {
		return statuses[0], nil
	}
	if len(content) == 7 && content[0] == 0 && content[5] == 1<<3 && int(content[6]) < len(statuses) {
		return statuses[content[6]], nil
	}
	return "", fmt.Errorf("%x is no HealthCheckResponse", content)
}
