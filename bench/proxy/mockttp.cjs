// mockttp as a proxy that passes everything through and keeps nothing.
// usage: mockttp.cjs <mockttp's directory> <port>
const mockttp = require(process.argv[2]);

(async () => {
    const https = await mockttp.generateCACertificate();
    const proxy = mockttp.getLocal({ https, recordTraffic: false });
    await proxy.start(Number(process.argv[3]));
    await proxy.forAnyRequest().thenPassThrough({ ignoreHostHttpsErrors: true });
})();
