package dev.plimsoll.content.s3;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/** Whether S3 answered when it was last asked; what it refuses is an answer. Safe for many threads. */
final class S3Reach implements ExecutionInterceptor {
  private static final Logger log = LoggerFactory.getLogger(S3Reach.class);

  private final S3Address address;
  private volatile boolean answers = true;

  S3Reach(S3Address address) {
    this.address = address;
  }

  boolean answers() {
    return answers;
  }

  @Override
  public void afterExecution(Context.AfterExecution asked, ExecutionAttributes attributes) {
    answered();
  }

  @Override
  public void onExecutionFailure(Context.FailedExecution failed, ExecutionAttributes attributes) {
    if (failed.exception() instanceof AbortedException
        || !(failed.exception() instanceof SdkException trouble)) {
      return; // ours: whoever asked was interrupted
    }
    if (!S3Trouble.isOutage(trouble)) {
      answered();
    } else if (answers) {
      answers = false;
      log.warn("storage does not answer address={} reason={}", address, trouble.getMessage());
    }
  }

  private void answered() {
    if (!answers) {
      answers = true;
      log.info("storage answers again address={}", address);
    }
  }
}
