import{e as s}from"./chunk-PANFV32A.js";var r=["tickets","comments","timeline","users"],c=(e,t)=>s("exports",{...t,resource:e}),p=({resource:e})=>r.find(t=>t===e)??"tickets";export{c as a,p as b};
