// Classifies files and folders with grpc-go. See README.md beside this folder.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	"wanwu.dev/client/examples/go/pb"
)

func setting(name, otherwise string) string {
	if value, set := os.LookupEnv(name); set {
		return value
	}
	return otherwise
}

func number(name, otherwise string) int {
	value, err := strconv.Atoi(setting(name, otherwise))
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func printAnswer(name string, answer *pb.ClassifyResponse) {
	best := answer.Classifications[0]
	fmt.Printf("%s\t%s\t%.4f\n", name, best.Label, best.Probability)
}

func printError(name string, failed *status.Status) {
	reason, retry := "-", "-"
	for _, detail := range failed.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			reason = detail.Reason
		case *errdetails.RetryInfo:
			retry = fmt.Sprintf("%.3f", detail.RetryDelay.AsDuration().Seconds())
		}
	}
	fmt.Printf("%s\terror\t%s\t%s\t%s\t%s\n", name,
		code.Code(failed.Code()), reason, retry, failed.Message())
}

func classifyFile(ctx context.Context, client pb.ImageClassifierClient, path string) {
	image, err := os.ReadFile(path)
	check(err)
	answer, err := client.Classify(ctx, &pb.ClassifyRequest{Image: image})
	if err != nil {
		printError(filepath.Base(path), status.Convert(err))
		return
	}
	printAnswer(filepath.Base(path), answer)
}

// One stream, in which inFlight pictures are unanswered at most.
func classifyFolder(ctx context.Context, client pb.ImageClassifierClient, folder string) {
	stream, err := client.ClassifyBatch(ctx)
	check(err)
	room := make(chan struct{}, number("WANWU_IN_FLIGHT", "16"))
	go send(stream, folder, room)
	for {
		answer, err := stream.Recv()
		if err == io.EOF {
			return
		}
		if err != nil {
			printError(filepath.Base(folder), status.Convert(err))
			return
		}
		<-room
		if failed := answer.GetError(); failed != nil {
			printError(answer.Id, status.FromProto(failed))
		} else {
			printAnswer(answer.Id, answer.GetResponse())
		}
	}
}

func send(stream pb.ImageClassifier_ClassifyBatchClient, folder string, room chan struct{}) {
	files, err := os.ReadDir(folder)
	check(err)
	for _, file := range files {
		image, err := os.ReadFile(filepath.Join(folder, file.Name()))
		check(err)
		select {
		case room <- struct{}{}:
		case <-stream.Context().Done():
			return
		}
		if stream.Send(&pb.ClassifyBatchRequest{
			Id:      file.Name(),
			Request: &pb.ClassifyRequest{Image: image},
		}) != nil {
			return // Recv says why.
		}
	}
	stream.CloseSend()
}

func main() {
	connection := connect(setting("WANWU_ADDRESS", "127.0.0.1:8500"))
	defer connection.Close()
	client := pb.NewImageClassifierClient(connection)
	deadline := time.Duration(number("WANWU_DEADLINE", "10")) * time.Second
	for _, path := range os.Args[1:] {
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		info, err := os.Stat(path)
		check(err)
		if info.IsDir() {
			classifyFolder(ctx, client, path)
		} else {
			classifyFile(ctx, client, path)
		}
		cancel()
	}
}
