package wanwu.example;

import static wanwu.v1.ImageClassifierOuterClass.ClassifyBatchRequest;
import static wanwu.v1.ImageClassifierOuterClass.ClassifyBatchResponse;
import static wanwu.v1.ImageClassifierOuterClass.ClassifyRequest;
import static wanwu.v1.ImageClassifierOuterClass.ClassifyResponse;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;

/**
 * What protoc-gen-grpc-java would generate. It is written out because that
 * plugin is a program of each platform's own, and not to be had for all.
 */
final class Methods {
  static final MethodDescriptor<ClassifyRequest, ClassifyResponse> CLASSIFY =
      method(MethodType.UNARY, "Classify", ClassifyRequest.getDefaultInstance(),
          ClassifyResponse.getDefaultInstance());
  static final MethodDescriptor<ClassifyBatchRequest, ClassifyBatchResponse>
      CLASSIFY_BATCH =
          method(MethodType.BIDI_STREAMING, "ClassifyBatch",
              ClassifyBatchRequest.getDefaultInstance(),
              ClassifyBatchResponse.getDefaultInstance());

  private Methods() {}

  private static <Q extends Message, A extends Message> MethodDescriptor<Q, A>
      method(MethodType type, String name, Q request, A answer) {
    return MethodDescriptor.<Q, A>newBuilder()
        .setType(type)
        .setFullMethodName("wanwu.v1.ImageClassifier/" + name)
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(answer))
        .build();
  }
}
