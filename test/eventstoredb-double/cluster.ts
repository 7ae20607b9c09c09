/** What a client asks before it asks for events: which methods there are, and who is in the cluster. */
import {
  features,
  GossipService,
  gossip,
  ServerFeaturesService,
  shared,
  StreamsService,
} from './protocol.js';
import type { Version } from './version.js';

export function supportedMethods(version: Version): InstanceType<typeof features.SupportedMethods> {
  const answer = new features.SupportedMethods().setEventStoreServerVersion(version);
  for (const service of [StreamsService, GossipService, ServerFeaturesService])
    for (const { path } of Object.values(service)) {
      const [, serviceName = '', methodName = ''] = path.toLowerCase().split('/');
      const method = new features.SupportedMethod().setServiceName(serviceName).setMethodName(methodName);
      answer.addMethods(path.endsWith('/Read') ? method.setFeaturesList(['position', 'events']) : method);
    }
  return answer;
}

/** A cluster of one. */
export function clusterInfo(address: string, instance: string): InstanceType<typeof gossip.ClusterInfo> {
  const [host = '', port] = address.split(':');
  const member = new gossip.MemberInfo()
    .setInstanceId(new shared.UUID().setString(instance))
    .setTimeStamp(String(Date.now()))
    .setState(gossip.MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(Number(port)));
  return new gossip.ClusterInfo().setMembersList([member]);
}
