package service

import (
	"io"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// NewLog returns the logger that the configuration asks for. It writes to w alone, so that stdout stays for answers.
func NewLog(c *Config, w io.Writer) *zap.Logger {
	level, _ := zapcore.ParseLevel(c.LogLevel) // info where it is none, which a checked configuration never has
	encoding := zap.NewProductionEncoderConfig()
	encoding.TimeKey, encoding.EncodeTime = "at", zapcore.ISO8601TimeEncoder
	encoding.EncodeDuration = zapcore.StringDurationEncoder
	encoder := zapcore.NewJSONEncoder(encoding)
	if c.LogFormat == "console" {
		encoding.EncodeLevel = zapcore.CapitalLevelEncoder
		encoding.CallerKey, encoding.StacktraceKey = "", ""
		encoder = zapcore.NewConsoleEncoder(encoding)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(zapcore.AddSync(w)), level))
}
