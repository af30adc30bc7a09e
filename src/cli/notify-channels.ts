// The ways to reach people that the settings name; each is loaded when it is asked for.

import type { Config } from '../config.ts'
import type { Channel } from '../observe/notify/channel.ts'

type Settings = Pick<Config, 'smtpUrl' | 'mailTo' | 'mailFrom' | 'slackWebhookUrl'>

export async function notifyChannels(config: Settings): Promise<readonly Channel[]> {
  const { smtpUrl: url, mailTo: to, mailFrom: from, slackWebhookUrl } = config
  const channels: Channel[] = []
  if (url !== null) {
    const { Mail } = await import('../observe/notify/mail.ts')
    channels.push(new Mail({ url, to, from }))
  }
  if (slackWebhookUrl !== null) {
    const { Slack } = await import('../observe/notify/slack.ts')
    channels.push(new Slack(slackWebhookUrl))
  }
  return channels
}
