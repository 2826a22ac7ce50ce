import{S as t,a as e}from"./chunk-5ULRKRI2.js";import"./chunk-2WTMYVGC.js";function n(){return e(t,{title:"Signed in",children:"\u2026"})}export{n as default};
