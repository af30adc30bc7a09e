// A schema registry for tests: the API is franz-go's srfake, and the rule that leaves out, BACKWARD compatibility, is
// hamba/avro's. Listens on the address it is given.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/sr/srfake"
)

func main() {
	var options []srfake.Option
	if auth := os.Getenv("REGISTRY_AUTHORIZATION"); auth != "" {
		options = append(options, srfake.WithAuth(auth))
	}
	registry := srfake.NewRegistry(options...)
	url := "http://" + os.Args[1]
	registry.Intercept(func(writer http.ResponseWriter, request *http.Request) bool {
		subject, body := registration(request)
		if subject == "" {
			return false
		}
		reason := refusal(url, request.Header.Get("Authorization"), subject, body)
		if reason == "" {
			return false
		}
		writer.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
		writer.WriteHeader(http.StatusConflict)
		_ = json.NewEncoder(writer).Encode(map[string]any{"error_code": 409, "message": reason})
		return true
	})
	fmt.Fprintln(os.Stderr, http.ListenAndServe(os.Args[1], registry.Handler()))
}

// The subject and the body of a request that registers a schema; the body can be read again afterwards.
func registration(request *http.Request) (string, []byte) {
	path := strings.Split(strings.Trim(request.URL.Path, "/"), "/")
	if request.Method != http.MethodPost || len(path) != 3 || path[0] != "subjects" || path[2] != "versions" {
		return "", nil
	}
	body, err := io.ReadAll(request.Body)
	request.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return "", nil
	}
	return path[1], body
}

func refusal(url, auth, subject string, body []byte) string {
	var config struct {
		Level string `json:"compatibilityLevel"`
	}
	var latest, posted struct {
		Schema string `json:"schema"`
	}
	ask(url+"/config/"+subject, auth, &config)
	ask(url+"/subjects/"+subject+"/versions/latest", auth, &latest)
	if json.Unmarshal(body, &posted) != nil || latest.Schema == "" || config.Level == "NONE" {
		return ""
	}
	reader, err := avro.ParseWithCache(posted.Schema, "", &avro.SchemaCache{})
	if err != nil {
		return ""
	}
	writer, err := avro.ParseWithCache(latest.Schema, "", &avro.SchemaCache{})
	if err != nil {
		return ""
	}
	if err := avro.NewSchemaCompatibility().Compatible(reader, writer); err != nil {
		return "Schema being registered is incompatible with an earlier schema: " + err.Error()
	}
	return ""
}

func ask(url, auth string, into any) {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return
	}
	request.Header.Set("Authorization", auth)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	_ = json.NewDecoder(answer.Body).Decode(into)
}
