import{p as s}from"./chunk-WMWTTIMI.js";var r=["tickets","comments","timeline","users"],c=(e,t)=>s("exports",{...t,resource:e}),p=({resource:e})=>r.find(t=>t===e)??"tickets";export{c as a,p as b};
