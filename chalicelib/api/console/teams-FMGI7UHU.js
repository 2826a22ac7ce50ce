import{Wa as e,Ya as t}from"./chunk-F7EBDJF4.js";function a(){return e(t,{title:"Teams",children:"\u2026"})}export{a as default};
