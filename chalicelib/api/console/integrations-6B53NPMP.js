import{S as e,a as t}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function n(){return t(e,{title:"Integrations",children:"\u2026"})}export{n as default};
